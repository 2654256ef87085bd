import { type Digest, isDigest } from '../../base/digest.ts';
import { canonicalBytes, isJsonObject, type JsonValue } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { type Artifact, type Change, listed, listedChange, type Tree, treeDigest } from './artifact.ts';
import { isSafePath } from './safe-path.ts';
import { parseStrictJson } from './strict-json.ts';

/** A file of a tree as its digest knows it. */
export type TreeEntry = Omit<Artifact, 'size'>;

/**
 * The bytes that `treeDigest` is the SHA-256 of. Kept in the content store they are found by the digest of the tree, so that the
 * head of a mission leads to every file of its product.
 */
export function treeListing(tree: Tree): Uint8Array {
  return canonicalBytes(tree.map(listed));
}

/** The bytes that `changeDigest` is the SHA-256 of: a listing, in which what was removed has its path and `removed`. */
export function changeListing(change: Change): Uint8Array {
  return canonicalBytes(listedChange(change));
}

/** Puts the listing into the store, where exports look for it. */
export async function storeTree(store: { put(bytes: Uint8Array): Promise<Digest> }, tree: Tree): Promise<Digest> {
  const digest = await store.put(treeListing(tree));
  if (digest !== treeDigest(tree)) throw new TypeError('a tree listing does not have the digest of its tree');
  return digest;
}

/** Reads a listing. Throws `SyntaxError` for anything but files with safe paths, in path order, none twice. */
export function parseTreeListing(bytes: Uint8Array): TreeEntry[] {
  const { files, removed } = parseChangeListing(bytes);
  if (removed.length > 0) throw new SyntaxError(`${removed[0]} is removed, which no tree says`);
  return files;
}

/** Reads what a task has left, as `parseTreeListing` does. */
export function parseChangeListing(bytes: Uint8Array): { files: TreeEntry[]; removed: string[] } {
  const value = parseStrictJson(bytes);
  if (!Array.isArray(value)) throw new SyntaxError('not a list of files');
  const files: TreeEntry[] = [];
  const removed: string[] = [];
  let before: string | undefined;
  for (const item of value) {
    const entry = changeEntry(item);
    if (before !== undefined && compareText(before, entry.path) >= 0) throw new SyntaxError(`${entry.path} is out of order`);
    before = entry.path;
    if ('removed' in entry) removed.push(entry.path);
    else files.push(entry);
  }
  return { files, removed };
}

function changeEntry(value: JsonValue): TreeEntry | { path: string; removed: true } {
  const { path, digest, type, executable, removed } = isJsonObject(value) ? value : {};
  if (typeof path !== 'string' || !isSafePath(path)) throw new SyntaxError('a file has no safe path');
  if (removed === true) return { path, removed };
  if (!isDigest(digest)) throw new SyntaxError(`${path} has no digest`);
  if (type !== 'code' && type !== 'analysis' && type !== 'test') throw new SyntaxError(`${path} has no type`);
  return executable === true ? { path, digest, type, executable } : { path, digest, type };
}
