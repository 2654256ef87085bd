import { join } from 'node:path';

import { fs } from './builtin.js';

/**
 * V8's young generation, per half, in MiB, which by default grows to 32, three times over, on a large machine; and how much garbage the old one
 * may hold in percent of what lives. Compiling 5,000 tasks takes 280 MB with these instead of 430, in the same time.
 */
export const FLAGS = ['--max-semi-space-size=2', '--heap-growing-percent=25'];

/**
 * What the C library is told where it is glibc: to give large buffers back when they are freed, and to share its arenas. Signing statements about
 * 35,000 files takes 233 MB with these instead of 271.
 */
export const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };

/** From this size on, in bytes, a bundle makes thousands of tasks. */
const LARGE = 192 * 1024;

/** Entries looked at to find out. */
const ENOUGH = 2000;

/** Commands that read a whole bundle, and the one that stays: by itself it would grow by 100 MB while it tells many clients what happens. */
const READERS = new Set(['apply', 'plan', 'validate']);
const SERVER = 'serve';

/** Folders that hold no specification and much else. */
const SKIPPED = new Set(['node_modules', '.git', '.agentnexus']);

/**
 * How Node is started for a command line that reads a large bundle, or serves; undefined for all others.
 *
 * @param {readonly string[]} argv
 */
export function smallHeap(argv) {
  const [command, ...rest] = argv;
  if (command !== SERVER && !(READERS.has(command ?? '') && readsMuch(rest))) return undefined;
  return { flags: FLAGS, env: ALLOCATOR };
}

/**
 * Starts this process over with a small young generation if it is to have one; the process stays the same one (`execve`), so nothing is
 * to be handed on. Costs 30 ms, which small bundles do not pay. Does nothing where the system has no `execve`.
 *
 * @param {readonly string[]} argv
 */
export function shrinkHeap(argv) {
  if (process.execve === undefined || process.execArgv.some((flag) => flag.startsWith('--max-semi-space-size'))) return;
  const small = smallHeap(argv);
  if (small === undefined) return;
  const [node, ...args] = process.argv;
  process.execve(process.execPath, [node ?? process.execPath, ...small.flags, ...process.execArgv, ...args], {
    ...small.env,
    ...process.env,
  });
}

/** @param {readonly string[]} words */
function readsMuch(words) {
  const bundle = words.find((word) => !word.startsWith('-'));
  return bundle !== undefined && isLarge(bundle);
}

/** @param {string} path */
function isLarge(path) {
  try {
    return fs.statSync(path).isFile() ? fs.statSync(path).size > LARGE : bytesBelow(path) > LARGE;
  } catch {
    return false;
  }
}

/**
 * Bytes of the files below a folder, as far as `ENOUGH` entries tell.
 *
 * @param {string} root
 */
function bytesBelow(root) {
  let bytes = 0;
  let entries = 0;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined && bytes <= LARGE; folder = folders.pop()) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (++entries > ENOUGH) return bytes;
      const path = join(folder, entry.name);
      if (entry.isFile()) bytes += fs.statSync(path).size;
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path);
    }
  }
  return bytes;
}
