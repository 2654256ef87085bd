import { ByteQueue } from './byte-queue.ts';
import { badArchive, checkLink, type PackedEntry, packedPath, type Wanted } from './packed-entry.ts';

const BLOCK = 512;
/** Longest extended header that is read: a path has its limits. */
const MAX_HEADER = 2 ** 20;

const FILES = new Set(['0', '7', '\u0000']);

interface Header {
  name: string;
  size: number;
  type: string;
  link: string;
}

/**
 * The entries of a tar stream: POSIX ustar and pax (IEEE 1003.1-2017, pax), with the long names of GNU tar. Content is kept for what
 * is wanted and passed over for the rest. Links are checked, never followed; whatever else is neither file nor folder is refused.
 */
export async function* tarEntries(chunks: AsyncIterable<Buffer>, archive: string, wanted: Wanted): AsyncGenerator<PackedEntry> {
  const queue = new ByteQueue(chunks);
  let extended: Partial<Header> = {};
  for (;;) {
    const block = await queue.take(BLOCK);
    // Without its end mark nobody can say that no file is missing.
    if (block.length === 0) throw badArchive(archive, 'it is cut short');
    if (isEnd(block)) break;
    const header = parseHeader(block, archive);
    if ('xgLK'.includes(header.type)) {
      const body = await bodyOf(queue, header.size, archive);
      // Pax archives of GNU tar: the content is a map of the file's pieces, and then these.
      if (body.includes('GNU.sparse.')) throw badArchive(archive, `${header.name} has a sparse file`);
      extended = { ...extended, ...extensionOf(header.type, body) };
      continue;
    }
    const whole = { ...header, ...extended };
    extended = {};
    yield await entryOf(whole, { queue, archive, wanted });
  }
  // To the end: only there does gzip say whether all was well.
  await queue.skip(Infinity);
}

async function entryOf(
  { name, size, type, link }: Header,
  { queue, archive, wanted }: { queue: ByteQueue; archive: string; wanted: Wanted },
): Promise<PackedEntry> {
  const path = packedPath(name, archive);
  if (type === '5') {
    await passOver(queue, size, archive);
    return { path, kind: 'folder', size: 0 };
  }
  if (type === '1' || type === '2') {
    checkLink({ path, target: link, hard: type === '1' }, archive);
    await passOver(queue, type === '1' ? 0 : size, archive);
    return { path, kind: 'link', size: 0 };
  }
  if (!FILES.has(type)) throw badArchive(archive, `${path} is neither a file, a folder nor a link`);
  if (!wanted(path, size)) {
    await passOver(queue, size, archive);
    return { path, kind: 'file', size };
  }
  const content = Buffer.from(await exactly(queue, size, archive));
  await queue.skip(padding(size));
  return { path, kind: 'file', size, content };
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

async function exactly(queue: ByteQueue, count: number, archive: string): Promise<Buffer> {
  const bytes = await queue.take(count);
  if (bytes.length < count) throw badArchive(archive, 'it is cut short');
  return bytes;
}

async function passOver(queue: ByteQueue, size: number, archive: string): Promise<void> {
  if ((await queue.skip(size)) < size) throw badArchive(archive, 'it is cut short');
  await queue.skip(padding(size));
}

async function bodyOf(queue: ByteQueue, size: number, archive: string): Promise<Buffer> {
  if (size > MAX_HEADER) throw badArchive(archive, 'an extended header is too long');
  const body = Buffer.from(await exactly(queue, size, archive));
  await queue.skip(padding(size));
  return body;
}

function isEnd(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function parseHeader(block: Buffer, archive: string): Header {
  if (block.length < BLOCK) throw badArchive(archive, 'it is cut short');
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (numberAt(block, 148, 8) !== sum) throw badArchive(archive, 'it is no tar archive, or damaged');
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  const size = numberAt(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw badArchive(archive, 'a size is wrong');
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] ?? 0),
    link: textAt(block, 157, 100),
  };
}

function textAt(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** Octal digits, or GNU's base 256 where the first bit is set. */
function numberAt(block: Buffer, from: number, length: number): number {
  const field = block.subarray(from, from + length);
  if (((field[0] ?? 0) & 0x80) !== 0) return field.reduce((value, byte, at) => value * 256 + (at === 0 ? byte & 0x7f : byte), 0);
  const digits = field.toString('latin1').replace(/[\0 ]+/g, '');
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}

/** What a header for the next entry says of it; one for all entries (`g`) may not name a path. */
function extensionOf(type: string, body: Buffer): Partial<Header> {
  if (type === 'g') return {};
  const end = body.indexOf(0);
  const text = body.toString('utf8', 0, end === -1 ? body.length : end);
  if (type === 'L') return { name: text };
  if (type === 'K') return { link: text };
  return paxOf(body);
}

/** Records of `LENGTH KEY=VALUE\n`, where the length counts itself, in bytes. */
function paxOf(body: Buffer): Partial<Header> {
  const found: Partial<Header> = {};
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, blank === -1 ? at : blank));
    if (!Number.isSafeInteger(length) || length <= 0) break;
    const record = body.toString('utf8', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    const value = record.slice(equals + 1);
    if (record.startsWith('path=')) found.name = value;
    if (record.startsWith('linkpath=')) found.link = value;
    if (record.startsWith('size=') && /^\d{1,15}$/.test(value)) found.size = Number(value);
    at += length;
  }
  return found;
}
