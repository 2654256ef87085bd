import { closeSync, openSync, readSync } from 'node:fs';

import { systemCode } from '../../base/errors.ts';

const HEADER = 32;
const FRAME = 24;
const MAGIC = 0x377f_0682;
const LARGEST_PAGE = 65_536;

/**
 * The numbers (from 1) of the pages that SQLite would take from the WAL file at `path`: those in its frames up to the last commit before the first
 * frame whose salts or checksum are not right (SQLite file format, §4.1–4.4). None if there is no such file.
 */
export function pagesInWal(path: string): ReadonlySet<number> {
  const file = openIfThere(path);
  if (file === undefined) return new Set();
  try {
    return readFrames(file);
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readFrames(file: number): ReadonlySet<number> {
  const committed = new Set<number>();
  const header = Buffer.alloc(HEADER);
  if (readSync(file, header, 0, HEADER, 0) < HEADER) return committed;
  const magic = header.readUInt32BE(0);
  const page = header.readUInt32BE(8);
  if ((magic & ~1) !== MAGIC || page > LARGEST_PAGE) return committed;
  const sum = new Checksum((magic & 1) === 1);
  sum.add(header.subarray(0, 24));
  if (!sum.is(header.subarray(24))) return committed;

  const frame = Buffer.alloc(FRAME + page);
  const salts = header.subarray(16, 24);
  let uncommitted: number[] = [];
  for (let at = HEADER; readSync(file, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(FRAME));
    if (!frame.subarray(8, 16).equals(salts) || !sum.is(frame.subarray(16, FRAME))) break;
    uncommitted.push(frame.readUInt32BE(0));
    const pagesAfterCommit = frame.readUInt32BE(4);
    if (pagesAfterCommit === 0) continue;
    for (const number of uncommitted) committed.add(number);
    uncommitted = [];
  }
  return committed;
}

/** The running checksum of a WAL file, over pairs of words of 32 bits (SQLite file format, §4.2). */
class Checksum {
  readonly #bigEndian: boolean;
  #first = 0;
  #second = 0;

  /** The last bit of the file's magic number says in which order the bytes of a word are taken. */
  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  /** The length is a multiple of eight. */
  add(bytes: Buffer): void {
    const { length } = bytes;
    const words = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (let at = 0; at < length; at += 8) {
      this.#first = (this.#first + words.getUint32(at, !this.#bigEndian) + this.#second) >>> 0;
      this.#second = (this.#second + words.getUint32(at + 4, !this.#bigEndian) + this.#first) >>> 0;
    }
  }

  /** Is it the one that is stored in these eight bytes? */
  is(stored: Buffer): boolean {
    return stored.readUInt32BE(0) === this.#first && stored.readUInt32BE(4) === this.#second;
  }
}
