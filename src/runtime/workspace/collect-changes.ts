import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';
import type { Tree } from '../vault/artifact.ts';
import type { OutputFile } from './agent.ts';
import { artifactTypeOf } from './artifact-type.ts';

/** What may be left behind at most. */
const MAX_FILES = 100_000;
const MAX_BYTES = 512 * 2 ** 20;

/** Left by tools for themselves; never part of a product. */
const PASSED_OVER = new Set(['.git', 'node_modules']);

export interface Changes {
  /** New files and those with other content, ordered by path. */
  files: OutputFile[];
  /** Paths of the tree that are no longer there. */
  removed: string[];
}

/** How a folder differs from the tree that was checked out into it. Links and devices are a fault, since nobody can say what they would be elsewhere. */
export function collectChanges(root: string, tree: Tree): Changes | { fault: string } {
  const before = new Map(tree.map((artifact) => [artifact.path, artifact]));
  const files: OutputFile[] = [];
  let bytes = 0;
  for (const entry of walk(root, '')) {
    if ('fault' in entry) return entry;
    bytes += entry.size;
    if (files.length === MAX_FILES || bytes > MAX_BYTES) return { fault: 'it is more than 100,000 files or 512 MiB' };
    const content = readFileSync(join(root, entry.path));
    const known = before.get(entry.path);
    before.delete(entry.path);
    const executable = hasModes ? entry.executable : known?.executable === true;
    if (known?.digest === sha256(content) && (known.executable === true) === executable) continue;
    files.push({ path: entry.path, content, type: artifactTypeOf(entry.path), ...(executable && { executable }) });
  }
  return { files: files.sort((a, b) => compareText(a.path, b.path)), removed: [...before.keys()].sort(compareText) };
}

/** Windows knows no mode that says what can be run: there a file stays what it was. */
const hasModes = process.platform !== 'win32';

interface Found {
  path: string;
  size: number;
  executable: boolean;
}

/** Every file below `folder` with its size in bytes. A hard link to a file elsewhere would carry that file's content out: it is no plain file. */
function* walk(root: string, folder: string): Generator<Found | { fault: string }> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (PASSED_OVER.has(entry.name)) continue;
    if (entry.isDirectory()) {
      yield* walk(root, path);
      continue;
    }
    const { size, nlink, mode } = lstatSync(join(root, path));
    yield entry.isFile() && nlink === 1
      ? { path, size, executable: (mode & 0o100) !== 0 }
      : { fault: `${path} is no plain file` };
  }
}
