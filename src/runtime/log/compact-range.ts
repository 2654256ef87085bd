import { EMPTY_ROOT, nodeHash, type Hash, type NodeReader } from './merkle.ts';

/** Told of every perfect subtree that an append completes, smallest first; height 0 is the leaf itself. */
export type OnSubtree = (height: number, index: number, hash: Hash) => void;

/** As much of a Merkle tree as appending needs: the roots of its perfect subtrees, the largest first; one per bit of the size. */
export class CompactRange {
  size: number;
  readonly #roots: Hash[];

  constructor(size = 0, roots: readonly Hash[] = []) {
    this.size = size;
    this.#roots = [...roots];
  }

  /** A range of its own that starts equal. */
  fork(): CompactRange {
    return new CompactRange(this.size, this.#roots);
  }

  /** Of the perfect subtrees, the largest first. */
  get roots(): readonly Hash[] {
    return this.#roots;
  }

  append(leaf: Hash, onSubtree?: OnSubtree): void {
    let index = this.size++;
    let hash = leaf;
    onSubtree?.(0, index, hash);
    for (let height = 1; index % 2 === 1; height++) {
      const left = this.#roots.pop();
      if (left === undefined) throw new RangeError('a compact range lacks a root');
      hash = nodeHash(left, hash);
      index = (index - 1) / 2;
      onSubtree?.(height, index, hash);
    }
    this.#roots.push(hash);
  }

  root(): Hash {
    let hash = this.#roots.at(-1) ?? EMPTY_ROOT;
    for (let i = this.#roots.length - 2; i >= 0; i--) hash = nodeHash(this.#roots[i] ?? hash, hash);
    return hash;
  }
}

/** The compact range of the tree of `size` leaves, from stored nodes: one read per bit of the size. */
export function readCompactRange(size: number, node: NodeReader): CompactRange {
  const roots: Hash[] = [];
  let begin = 0;
  for (let height = 52; height >= 0; height--) {
    const width = 2 ** height;
    if (size - begin < width) continue;
    roots.push(node(height, begin / width));
    begin += width;
  }
  return new CompactRange(size, roots);
}
