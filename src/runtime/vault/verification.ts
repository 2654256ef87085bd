import type { Digest } from '../../base/digest.ts';
import type { Failures, VerifyFailure } from './failure.ts';
import type { GateDecision } from './gate.ts';
import type { SignerIdentity } from './keyless/identity-match.ts';

/** What was looked at and found good; the failures are not among them. */
export interface Checked {
  files: number;
  artifacts: number;
  statements: number;
  signatures: number;
  entries: number;
  proofs: number;
  tiles: number;
  checkpoints: number;
}

/** A public key that the result rests on. */
export interface TrustedKey {
  use: 'signing' | 'log';
  /** SHA-256 of the SPKI DER. */
  fingerprint: Digest;
  /**
   * `user`: given by whoever verifies. `vouched`: read from the export, and a key that the user gave has signed for it. `folder`: read
   * from the export and nothing more: the result says that the export is whole, not who made it.
   */
  from: 'user' | 'vouched' | 'folder' | 'workspace';
}

/** Somebody whom a certificate names, and whose signature the result rests on. */
export interface TrustedIdentity extends SignerIdentity {
  /**
   * `user`: expected by whoever verifies. `root`: certified under a root that the user gave, and expected by nobody. `folder`, `workspace`: certified under a root
   * that was found there.
   */
  from: 'user' | 'root' | 'folder' | 'workspace';
}

/** A release policy that the gate asked, and whether it was asked again here: what a server decided cannot be. */
export interface PolicyOutcome {
  digest?: Digest;
  source: string;
  engine: string;
  result: 'pass' | 'fail';
  replayed: boolean;
}

/** Contents that are not there because an entry of the log says that they were removed. They are no failures. */
export interface RemovedContents {
  /** Position and time of the entry. */
  entry: number;
  at: string;
  mission: string;
  rule: string;
  digests: Digest[];
}

/** Answer of `spec-kit verify`. */
export interface Verification {
  result: 'verified' | 'failed';
  /** Missions whose evidence was checked, with what their gates had decided. */
  missions: { id: string; state?: string; gate?: GateDecision & { policy?: PolicyOutcome } }[];
  checked: Checked;
  removed: RemovedContents[];
  /** The most telling first. */
  failures: VerifyFailure[];
  /** Failures beyond those listed. */
  omitted: number;
  trust: TrustedKey[];
  identities: TrustedIdentity[];
}

export function noneChecked(): Checked {
  return { files: 0, artifacts: 0, statements: 0, signatures: 0, entries: 0, proofs: 0, tiles: 0, checkpoints: 0 };
}

export function verification(
  failures: Failures,
  {
    removed = [],
    ...rest
  }: Pick<Verification, 'missions' | 'checked' | 'trust' | 'identities'> & { removed?: RemovedContents[] },
): Verification {
  return { result: failures.any ? 'failed' : 'verified', removed, ...rest, failures: failures.list, omitted: failures.omitted };
}
