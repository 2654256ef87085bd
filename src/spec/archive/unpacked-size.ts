import { grouped } from '../../base/text.ts';
import { megabytes, tooLarge } from '../bundle/bundle-faults.ts';
import { ARCHIVE_LIMITS, BUNDLE_LIMITS } from '../bundle/bundle-limits.ts';

/** Counts what an archive becomes while it is unpacked, and stops it before that is too much. Throws `BUNDLE_TOO_LARGE`. */
export class UnpackedSize {
  readonly #archive: string;
  readonly #most: number;
  #bytes = 0;
  #entries = 0;
  #kept = 0;

  constructor(archive: string, packedBytes: number) {
    this.#archive = archive;
    this.#most = Math.min(ARCHIVE_LIMITS.unpackedBytes, ARCHIVE_LIMITS.freeBytes + packedBytes * ARCHIVE_LIMITS.ratio);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#most)
      throw tooLarge(
        this.#archive,
        `${this.#archive} unpacks to more than ${megabytes(Math.floor(this.#most / 2 ** 20) * 2 ** 20)}.`,
      );
  }

  addEntry(): void {
    this.#entries += 1;
    if (this.#entries > BUNDLE_LIMITS.entries)
      throw tooLarge(this.#archive, `${this.#archive} has more than ${grouped(BUNDLE_LIMITS.entries)} entries.`);
  }

  keep(bytes: number): void {
    this.#kept += bytes;
    if (this.#kept > ARCHIVE_LIMITS.keptBytes)
      throw tooLarge(this.#archive, `${this.#archive} holds more than ${megabytes(ARCHIVE_LIMITS.keptBytes)} of text.`);
  }
}
