/** What somebody must be allowed to do, for an operation to be done for them: `resource:verb`. */
export const SCOPES = [
  'specifications:read',
  'specifications:write',
  'missions:read',
  'missions:write',
  'missions:decide',
  'evidence:read',
  'ledger:read',
  'ledger:write',
  'releases:write',
  'tasks:perform',
  'tokens:write',
  'workspace:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** What somebody may. */
export interface Allowance {
  scopes: ReadonlySet<Scope>;
  /** The only missions that they may touch: these, or those that they have begun themselves; any where it is not given. */
  missions?: ReadonlySet<string> | 'own';
  /** When what they have shown is no longer good, in milliseconds since the epoch. */
  expires?: number;
  /** Whose power it was that was lent to them, the last lender first. */
  lenders?: readonly string[];
  /** The tokens that were lent for it, one for the other: when one of them is taken back, so is this. */
  tokens?: readonly string[];
}

/** Dedup key of the entry by which somebody has begun a mission, or joined it. */
export const submitterKey = (mission: string, by: string): string => `submitter:${mission}:${by}`;
