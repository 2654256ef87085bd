/** An entry by its number in the index, and how near it is. */
export interface ScoredEntry {
  entry: number;
  score: number;
}

/** Finds the vectors nearest to a query. Knows only what is in the index, and follows it. */
export interface VectorScan {
  /** Entries of these scopes with a cosine of `floor` or more; at least the best 100 of them, in no order. */
  nearest(scopes: readonly number[], query: Float32Array, floor: number): ScoredEntry[];
}
