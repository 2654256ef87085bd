import { hash } from 'node:crypto';

/** A SHA-256 hash, 32 bytes. */
export type Hash = Buffer;

/** Hash of the perfect subtree over the leaves `[index * 2^height, (index + 1) * 2^height)`; height 0 is a leaf hash. */
export type NodeReader = (height: number, index: number) => Hash;

/** SHA-256. A third of the time of asking for a buffer, which Node.js allocates on its own for each. */
export function sha256Hash(bytes: Uint8Array): Hash {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/** Root of the tree without leaves. */
export const EMPTY_ROOT: Hash = sha256Hash(Buffer.alloc(0));

/** Room for the longest entry behind the leaf prefix. */
const prefixed = Buffer.alloc(65_536);

/** RFC 6962 §2.1: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Hash {
  if (leaf.length >= prefixed.length) return sha256Hash(Buffer.concat([Buffer.of(0), leaf]));
  prefixed.set(leaf, 1);
  return sha256Hash(prefixed.subarray(0, leaf.length + 1));
}

const pair = Buffer.alloc(65, 1);

/** RFC 6962 §2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  left.copy(pair, 1);
  right.copy(pair, 33);
  return sha256Hash(pair);
}

/** Root of the tree with these leaf hashes. */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  return rangeHash(0, leaves.length, nodesOf(leaves));
}

/** Reads nodes out of leaf hashes held in memory. */
export function nodesOf(leaves: readonly Hash[]): NodeReader {
  const read: NodeReader = (height, index) => {
    if (height > 0) return nodeHash(read(height - 1, index * 2), read(height - 1, index * 2 + 1));
    const leaf = leaves[index];
    if (leaf === undefined) throw new RangeError(`no leaf ${index} in a tree of ${leaves.length}`);
    return leaf;
  };
  return read;
}

/** Merkle tree hash of the leaves `[begin, end)`, where `begin` is a multiple of the largest power of two within the range. */
export function rangeHash(begin: number, end: number, node: NodeReader): Hash {
  if (end === begin) return EMPTY_ROOT;
  const height = perfectHeight(end - begin);
  const width = 2 ** height;
  const first = node(height, begin / width);
  return width === end - begin ? first : nodeHash(first, rangeHash(begin + width, end, node));
}

/** Height of the largest perfect tree that has at most `size` leaves. */
function perfectHeight(size: number): number {
  let height = 0;
  while (2 ** (height + 1) <= size) height++;
  return height;
}

/** The largest power of two smaller than `size`, where RFC 6962 splits a tree. */
function splitOf(size: number): number {
  const width = 2 ** perfectHeight(size);
  return width === size ? width / 2 : width;
}

/** RFC 6962 §2.1.1: the hashes that lead from the leaf at `index` to the root of the tree of `size` leaves, leaf side first. */
export function inclusionProof(index: number, size: number, node: NodeReader): Hash[] {
  if (!isIndex(index) || !isIndex(size) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Hash[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    const left = index < middle;
    path.push(left ? rangeHash(middle, end, node) : rangeHash(begin, middle, node));
    if (left) end = middle;
    else begin = middle;
  }
  return path.toReversed();
}

/** RFC 6962 §2.1.2: the hashes that show the tree of `from` leaves to be the beginning of the tree of `to` leaves. */
export function consistencyProof(from: number, to: number, node: NodeReader): Hash[] {
  if (!isIndex(from) || !isIndex(to) || from > to) throw new RangeError(`no way from a tree of ${from} to one of ${to}`);
  if (from === 0) return [];
  const path: Hash[] = [];
  let begin = 0;
  let end = to;
  while (from < end) {
    const middle = begin + splitOf(end - begin);
    const left = from <= middle;
    path.push(left ? rangeHash(middle, end, node) : rangeHash(begin, middle, node));
    if (left) end = middle;
    else begin = middle;
  }
  if (begin > 0) path.push(rangeHash(begin, end, node));
  return path.toReversed();
}

export interface InclusionClaim {
  index: number;
  size: number;
  leaf: Hash;
  root: Hash;
}

/** RFC 9162 §2.1.3.2. Any malformed claim is simply not true. */
export function verifyInclusion(claim: InclusionClaim, proof: readonly Hash[]): boolean {
  const { index, size, leaf, root } = claim;
  if (!isIndex(index) || !isIndex(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let node = index;
  let last = size - 1;
  let hashed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hashed = nodeHash(sibling, hashed);
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      hashed = nodeHash(hashed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hashed.equals(root);
}

export interface ConsistencyClaim {
  from: number;
  to: number;
  fromRoot: Hash;
  toRoot: Hash;
}

/** RFC 9162 §2.1.4.2. A tree of size 0 proves nothing, so `from: 0` is refused: callers treat it as trivial. */
export function verifyConsistency(claim: ConsistencyClaim, proof: readonly Hash[]): boolean {
  const { from, to, fromRoot, toRoot } = claim;
  if (!isIndex(from) || !isIndex(to) || from < 1 || from > to) return false;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  if (!areHashes([fromRoot, toRoot, ...proof])) return false;
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  return path[0] !== undefined && proof.length > 0 && climbs(claim, path[0], path.slice(1));
}

function climbs(claim: ConsistencyClaim, start: Hash, siblings: readonly Hash[]): boolean {
  let node = claim.from - 1;
  let last = claim.to - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [older, newer] = [start, start];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && older.equals(claim.fromRoot) && newer.equals(claim.toRoot);
}

// Sizes go beyond 2^31, so no bit operators.
function half(value: number): number {
  return Math.floor(value / 2);
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** perfectHeight(value) === value;
}

function areHashes(values: readonly Buffer[]): boolean {
  return values.every(({ length }) => length === 32);
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
