import type { Digest } from '../../../base/digest.ts';
import { compareText } from '../../../base/text.ts';

export interface Ranked {
  id: Digest;
  score: number;
}

/** Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): its constant. */
const K = 60;

/** Those that are looked at of each list. */
const DEPTH = 100;

/** Share of the vectors: words that are there tell more than an angle (research: fusing both alike was worse than words alone). */
export const VECTOR_WEIGHT = 0.25;

/** One ranking of several; where scores are equal the id decides, in the lists as in the end. */
export function fuse(lists: readonly { ranked: readonly Ranked[]; weight: number }[]): Ranked[] {
  const scores = new Map<Digest, number>();
  for (const { ranked, weight } of lists) {
    for (const [at, { id }] of inOrder(ranked).slice(0, DEPTH).entries())
      scores.set(id, (scores.get(id) ?? 0) + weight / (K + at + 1));
  }
  return inOrder([...scores].map(([id, score]) => ({ id, score })));
}

/** What differs by less than this is equal: sums of the same numbers in another order are not the same bits. */
const ALIKE = 1e9;

function inOrder(ranked: readonly Ranked[]): Ranked[] {
  return ranked
    .map(({ id, score }) => ({ id, score: Math.round(score * ALIKE) / ALIKE }))
    .sort((a, b) => b.score - a.score || compareText(a.id, b.id));
}
