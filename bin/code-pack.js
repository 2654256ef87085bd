import { join } from 'node:path';

import { fs } from './builtin.js';

/**
 * What V8 has compiled of scripts, by their names, in one file: two numbers (the lengths of an index and of the file), the index, which is JSON, and the code of
 * each. V8 looks at its own version and flags and the length of the source, and would run whatever else it is given: so the file has to be ours alone, whole, and
 * of this very build. It takes its name when all of it is on the disk; a checksum would need more of Node than the smallest commands do.
 *
 * `times`: how many processes have added to it.
 *
 * @typedef {{ times: number, codes: Map<string, Buffer> }} Content
 * @typedef {{ file: string, build: string } & Content} Pack
 * @typedef {{ build: string, times: number, places: Record<string, [at: number, length: number]> }} Index
 */

/** Bytes of the two numbers. */
const HEAD = 8;

/** V8 reads numbers from its code, and would copy what does not begin at one. */
const ALIGNED = 8;

/**
 * The pack of a name, without code where there is none that fits.
 *
 * @param {string} folder
 * @param {{ dist: string, name: string }} of
 * @returns {Pack}
 */
export function openPack(folder, { dist, name }) {
  const build = fs.readFileSync(join(dist, '.stamp'), 'utf8');
  const file = join(folder, `agentnexus-${name}-${shortHash(dist)}.code`);
  return { file, build, ...(readContent(file, build) ?? { times: 0, codes: new Map() }) };
}

/**
 * @param {string} file
 * @param {string} build
 * @returns {Content | undefined}
 */
function readContent(file, build) {
  try {
    if (!isOursAlone(file)) return undefined;
    const bytes = fs.readFileSync(file);
    if (bytes.length !== bytes.readUInt32LE(4)) return undefined;
    const start = HEAD + bytes.readUInt32LE(0);
    const index = /** @type {Index} */ (JSON.parse(bytes.toString('utf8', HEAD, start)));
    if (index.build !== build) return undefined;
    const codes = Object.entries(index.places).map(
      /** @returns {[string, Buffer]} */ ([name, [at, length]]) => [name, bytes.subarray(start + at, start + at + length)],
    );
    return { times: index.times, codes: new Map(codes) };
  } catch {
    return undefined;
  }
}

/**
 * Replaces the file at once, for whoever reads it meanwhile. Where nothing can be written, nothing is.
 *
 * @param {Pack} pack
 */
export function writePack(pack) {
  const written = `${pack.file}.${process.pid}`;
  try {
    fs.writeFileSync(written, packed(pack), { mode: 0o600, flag: 'wx', flush: true });
    fs.renameSync(written, pack.file);
  } catch {
    fs.rmSync(written, { force: true });
  }
}

/** @param {Pack} pack */
function packed({ build, times, codes }) {
  let at = 0;
  /** @type {Index} */
  const index = { build, times, places: {} };
  for (const [name, { length }] of codes) {
    index.places[name] = [at, length];
    at += aligned(length);
  }
  const parts = [Buffer.from(JSON.stringify(index)), ...codes.values()];
  // JSON may have spaces at its end, and V8's code whatever it likes.
  const body = Buffer.concat(parts.flatMap((part) => [part, Buffer.alloc(aligned(part.length) - part.length, ' ')]));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(aligned(parts[0]?.length ?? 0), 0);
  head.writeUInt32LE(HEAD + body.length, 4);
  return Buffer.concat([head, body]);
}

/** @param {number} length */
function aligned(length) {
  return Math.ceil(length / ALIGNED) * ALIGNED;
}

/**
 * FNV-1a: two programs that lie in different places do not write over each other's.
 *
 * @param {string} text
 */
function shortHash(text) {
  const hash = Buffer.from(text).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5);
  return (hash >>> 0).toString(16);
}

/** @param {string} file */
function isOursAlone(file) {
  const { uid, mode } = fs.lstatSync(file);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
