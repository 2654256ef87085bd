/** What became of a question to a person. */
export interface Answer {
  allowed: boolean;
  /** Who said so, or why nobody did: for the log. */
  rule: string;
  /** Which question it was, if it was put. */
  question?: string;
}
