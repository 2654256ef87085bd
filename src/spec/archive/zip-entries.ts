import { closeSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

import { badArchive, checkLink, type PackedEntry, packedPath, type Wanted } from './packed-entry.ts';

/** Record sizes and signatures of PKWARE's APPNOTE.TXT 6.3.10. */
const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const MAX_DIRECTORY = 64 * 2 ** 20;

const LINK = 0o120000;
const FILE_TYPES = new Set([0, 0o100000, 0o040000, LINK]);
const MAX_LINK = 4096;

interface Record {
  rawName: Buffer;
  path: string;
  method: number;
  flags: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
  /** File type bits of a Unix mode; 0 where there are none. */
  type: number;
  isFolder: boolean;
}

/** The entries of a zip file by its central directory. Nothing is inflated but what is wanted, and never to more than it says. */
export function* zipEntries(path: string, size: number, wanted: Wanted): Generator<PackedEntry> {
  const file = new ZipFile(path, size);
  try {
    for (const record of file.records()) yield entryOf(file, record, wanted);
  } finally {
    file.close();
  }
}

function entryOf(file: ZipFile, record: Record, wanted: Wanted): PackedEntry {
  const { path, size, type, isFolder } = record;
  if (!FILE_TYPES.has(type)) throw badArchive(file.path, `${path} is neither a file, a folder nor a link`);
  if (type === LINK) {
    if (size > MAX_LINK) throw badArchive(file.path, `the link ${path} is too long`);
    checkLink({ path, target: file.content(record).toString('utf8'), hard: false }, file.path);
    return { path, kind: 'link', size: 0 };
  }
  if (isFolder || type === 0o040000) return { path, kind: 'folder', size: 0 };
  return wanted(path, size) ? { path, kind: 'file', size, content: file.content(record) } : { path, kind: 'file', size };
}

class ZipFile {
  readonly path: string;
  readonly #handle: number;
  readonly #size: number;

  constructor(path: string, size: number) {
    this.path = path;
    this.#size = size;
    this.#handle = openSync(path, 'r');
  }

  close(): void {
    closeSync(this.#handle);
  }

  *records(): Generator<Record> {
    const { count, bytes, offset } = this.#end();
    const directory = this.#read(offset, bytes);
    let at = 0;
    for (let index = 0; index < count; index++) {
      const [record, next] = this.#record(directory, at);
      at = next;
      yield record;
    }
  }

  /** Inflates an entry. Throws `BUNDLE_ARCHIVE` if that is not what the directory says. */
  content({ path, rawName, method, flags, crc, packed, size, offset }: Record): Buffer {
    if ((flags & 1) !== 0) throw badArchive(this.path, `${path} is encrypted`);
    const local = this.#read(offset, LOCAL.bytes);
    if (local.readUInt32LE(0) !== LOCAL.signature) throw badArchive(this.path, 'it is damaged');
    const nameLength = local.readUInt16LE(26);
    const name = this.#read(offset + LOCAL.bytes, nameLength);
    if (!name.equals(rawName)) throw badArchive(this.path, `${path} has another name in its own header`);
    const data = this.#read(offset + LOCAL.bytes + nameLength + local.readUInt16LE(28), packed);
    const bytes = this.#inflate(data, { path, method, size });
    if (bytes.length !== size || crc32(bytes) !== crc) throw badArchive(this.path, `${path} is damaged`);
    return bytes;
  }

  #inflate(data: Buffer, { path, method, size }: { path: string; method: number; size: number }): Buffer {
    if (method === 0) return data;
    if (method !== 8) throw badArchive(this.path, `${path} is packed by method ${method}, which is not read`);
    try {
      return inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
    } catch (error) {
      throw badArchive(this.path, `${path} is damaged`, error);
    }
  }

  /** The record at the end of the file, behind which only a comment may stand. */
  #end(): { count: number; bytes: number; offset: number } {
    const length = Math.min(this.#size, END.bytes + END.longestComment);
    const tail = this.#read(this.#size - length, length);
    for (let at = length - END.bytes; at >= 0; at--) {
      if (tail.readUInt32LE(at) !== END.signature || tail.readUInt16LE(at + 20) !== length - at - END.bytes) continue;
      const count = tail.readUInt16LE(at + 10);
      const bytes = tail.readUInt32LE(at + 12);
      const offset = tail.readUInt32LE(at + 16);
      if (count === 0xffff || offset === 0xffffffff) throw badArchive(this.path, 'it is a Zip64 archive, which is not read');
      if (tail.readUInt16LE(at + 4) !== 0) throw badArchive(this.path, 'it is one part of several');
      if (bytes > MAX_DIRECTORY) throw badArchive(this.path, 'its directory is too long');
      return { count, bytes, offset };
    }
    throw badArchive(this.path, 'it is no zip archive, or cut short');
  }

  #record(directory: Buffer, at: number): [Record, number] {
    if (at + CENTRAL.bytes > directory.length || directory.readUInt32LE(at) !== CENTRAL.signature)
      throw badArchive(this.path, 'its directory is damaged');
    const nameLength = directory.readUInt16LE(at + 28);
    const next = at + CENTRAL.bytes + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    const rawName = directory.subarray(at + CENTRAL.bytes, at + CENTRAL.bytes + nameLength);
    const name = rawName.toString('utf8');
    const isUnix = directory.readUInt8(at + 5) === 3;
    const record = {
      rawName,
      path: packedPath(name, this.path),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      type: isUnix ? (directory.readUInt32LE(at + 38) >>> 16) & 0o170000 : 0,
      isFolder: /[/\\]$/.test(name),
    };
    return [record, next];
  }

  #read(offset: number, length: number): Buffer {
    if (offset < 0 || offset + length > this.#size) throw badArchive(this.path, 'it is damaged');
    const bytes = Buffer.alloc(length);
    let done = 0;
    for (let read = -1; read !== 0 && done < length; done += read)
      read = readSync(this.#handle, bytes, done, length - done, offset + done);
    if (done < length) throw badArchive(this.path, 'it is cut short');
    return bytes;
  }
}
