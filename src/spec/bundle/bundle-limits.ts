/** What a bundle may be: more is a mistake, or an attack. */
export const BUNDLE_LIMITS = { fileBytes: 16 * 2 ** 20, bundleBytes: 64 * 2 ** 20, files: 20_000, entries: 200_000 } as const;

/** What an archive may become when it is unpacked, as a whole and for each of its own bytes once it is past `freeBytes`. */
export const ARCHIVE_LIMITS = {
  unpackedBytes: 512 * 2 ** 20,
  ratio: 200,
  freeBytes: 16 * 2 ** 20,
  keptBytes: 256 * 2 ** 20,
} as const;
