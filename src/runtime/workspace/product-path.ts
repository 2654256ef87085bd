import { isSafePath } from '../vault/safe-path.ts';

/** Names that Windows gives to devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** What Windows forbids in names, beyond what no path may hold. */
const FORBIDDEN = /[<>"|?*]/;

/** Folders that belong to tools, never to a product. */
const RESERVED = new Set(['.git', '.agentnexus', 'node_modules']);

/** Why a path cannot be a file of a product on every system, or undefined if it can. */
export function productPathFault(path: string): string | undefined {
  if (!isSafePath(path)) return 'is no path inside a product';
  if (FORBIDDEN.test(path)) return 'holds a character that not every file system allows';
  for (const name of path.split('/')) {
    if (/[. ]$/.test(name)) return 'has a segment that ends in a dot or a space';
    if (DEVICE.test(name)) return `holds ${name}, which is a device on Windows`;
    if (RESERVED.has(name.toLowerCase())) return `holds ${name}, which belongs to a tool`;
  }
  return undefined;
}

/**
 * The first fault of a set of paths that are to stand beside each other: a path no product can have, a file where another path
 * has a folder, or two spellings that are one name on file systems which ignore case or normalise Unicode.
 */
export function productPathsFault(paths: Iterable<string>): string | undefined {
  const seen = new Map<string, { spelling: string; file: boolean }>();
  for (const path of paths) {
    const fault = productPathFault(path);
    if (fault !== undefined) return `${JSON.stringify(path)} ${fault}`;
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const file = end === -1;
      const spelling = file ? path : path.slice(0, end);
      const other = seen.get(folded(spelling));
      if (other !== undefined && (other.spelling !== spelling || other.file || file)) return collision(path, other.spelling);
      seen.set(folded(spelling), { spelling, file });
      if (file) break;
    }
  }
  return undefined;
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function collision(path: string, other: string): string {
  return `${JSON.stringify(path)} collides with ${JSON.stringify(other)}`;
}
