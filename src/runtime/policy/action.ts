/** Something that an agent wants to do. */
export type Action =
  | { kind: 'read' | 'write'; path: string }
  | { kind: 'run'; argv: readonly [string, ...string[]] }
  | { kind: 'connect'; host: string; port: number }
  | { kind: 'env' | 'secret'; name: string }
  | { kind: 'remember' | 'recall'; scope: string }
  | { kind: 'spend'; energy: number }
  | { kind: 'other'; what: string };

/** `ask`: not allowed by the profile, but a person may allow it; without an answer it is a denial. */
export type Verdict = 'allow' | 'deny' | 'ask';

export interface Decision {
  verdict: Verdict;
  /** The line of the profile, or of the mission's policy, that decided: `run: npm test`. */
  rule: string;
  /** The question to a person that it comes from. */
  question?: string;
}
