/** What a name of an archive that is read ends in. */
export const ARCHIVE = /\.(?:tar|tar\.gz|tgz|zip)$/i;

/** Whether a file of this name is read as an archive. */
export function isArchive(path: string): boolean {
  return ARCHIVE.test(path);
}
