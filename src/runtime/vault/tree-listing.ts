import { type Digest, isDigest } from '../../base/digest.ts';
import { canonicalBytes, isJsonObject, type JsonValue } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { type Artifact, type Tree, treeDigest } from './artifact.ts';
import { isSafePath } from './safe-path.ts';
import { parseStrictJson } from './strict-json.ts';

/** A file of a tree as its digest knows it. */
export type TreeEntry = Pick<Artifact, 'path' | 'digest' | 'type'>;

/**
 * The bytes that `treeDigest` is the SHA-256 of. Kept in the content store they are found by the digest of the tree, so that the
 * head of a mission leads to every file of its product.
 */
export function treeListing(tree: Tree): Uint8Array {
  return canonicalBytes(tree.map(({ path, digest, type }) => ({ path, digest, type })));
}

/** Puts the listing into the store, where exports look for it. */
export async function storeTree(store: { put(bytes: Uint8Array): Promise<Digest> }, tree: Tree): Promise<Digest> {
  const digest = await store.put(treeListing(tree));
  if (digest !== treeDigest(tree)) throw new TypeError('a tree listing does not have the digest of its tree');
  return digest;
}

/** Reads a listing. Throws `SyntaxError` for anything but files with safe paths, in path order, none twice. */
export function parseTreeListing(bytes: Uint8Array): TreeEntry[] {
  const value = parseStrictJson(bytes);
  if (!Array.isArray(value)) throw new SyntaxError('not a list of files');
  const entries = value.map(treeEntry);
  for (const [i, { path }] of entries.entries()) {
    const before = entries[i - 1];
    if (before !== undefined && compareText(before.path, path) >= 0) throw new SyntaxError(`${path} is out of order`);
  }
  return entries;
}

function treeEntry(value: JsonValue): TreeEntry {
  const { path, digest, type } = isJsonObject(value) ? value : {};
  if (typeof path !== 'string' || !isSafePath(path)) throw new SyntaxError('a file has no safe path');
  if (typeof digest !== 'string' || !isDigest(digest)) throw new SyntaxError(`${path} has no digest`);
  if (type !== 'code' && type !== 'analysis' && type !== 'test') throw new SyntaxError(`${path} has no type`);
  return { path, digest, type };
}
