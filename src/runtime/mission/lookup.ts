/**
 * What is known of a task before it runs. `spent`: it has failed in this mission, so often, and blames these, as nobody has acted on yet. `blocked`: what it
 * builds on cannot be put together, and `by` is the one that will have to be done again. `disputes`: tasks whose results must be held against those of others.
 */
export type Lookup =
  | { type: 'hit'; disputes: readonly number[] }
  | { type: 'blocked'; by: number }
  | { type: 'miss'; key?: string }
  | { type: 'spent'; failures: number; key?: string; blames?: number[] };

/** How an attempt came out, and whose results it found at fault. */
export type Ending =
  | { outcome: 'succeeded'; disputes: readonly number[] }
  | { outcome: 'failed'; blames: number[]; final: boolean }
  | { outcome: 'lost' };
