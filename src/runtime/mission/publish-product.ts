import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { sha256 } from '../../base/digest.ts';
import { asWorkspaceError } from '../../base/durable-file.ts';
import { heapBound } from '../../base/heap-bound.ts';
import type { Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { parseTreeListing, treeListing, type TreeEntry } from '../vault/tree-listing.ts';
import { listingOf } from './is-published.ts';

/**
 * Makes the folder hold the product: writes what differs, removes what an earlier product had and this one has not, and leaves every other
 * file (an installed `node_modules`, a developer's notes) alone. The list of the earlier product lies beside the folder, and is written
 * last: the folder can be made again from the store at any time, so nothing here is synced.
 */
export function publishProduct(tree: Tree, folder: string, store: ContentStore): void {
  const listing = listingOf(folder);
  try {
    const before = readListing(listing);
    const couldRun = new Set(before.flatMap(({ path, executable }) => (executable === true ? [path] : [])));
    const paths = new Set(tree.map(({ path }) => path));
    for (const { path } of before) if (!paths.has(path)) removeFile(folder, path);
    const boundHeap = heapBound();
    for (const { path, digest, executable = false } of tree) {
      boundHeap();
      const target = join(folder, path);
      const isThere = existsSync(target) && sha256(readFileSync(target)) === digest;
      if (!isThere) {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, store.get(digest));
      }
      if (executable || couldRun.has(path)) chmodSync(target, executable ? 0o755 : 0o644);
    }
    writeFileSync(listing, treeListing(tree));
  } catch (error) {
    throw asWorkspaceError(error, folder);
  }
}

function readListing(path: string): TreeEntry[] {
  return existsSync(path) ? parseTreeListing(readFileSync(path)) : [];
}

/** Removes a file and the folders that it leaves empty. */
function removeFile(root: string, path: string): void {
  rmSync(join(root, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}
