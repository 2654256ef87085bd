/** What an attempt has used. */
export type Usage = {
  /** Tokens of models, in and out. */
  tokens?: number;
  /** US dollars, estimated. */
  money?: number;
  /** Energy units. */
  energy?: number;
};
