import type { VerifiedStatement } from './bundle.ts';
import type { KeyTrust } from './pins.ts';

/** What was found of one signed statement. */
export interface StatementVerdict {
  name: string;
  predicateType: string | null;
  subjects: number;
  /** Its place in the log. */
  entry: number | null;
  /** Fingerprint of the key that signed it, or whom its certificate was issued to. */
  signer: string | null;
  /** Why it is not believed; null if it holds. */
  fault: string | null;
  statement: VerifiedStatement | null;
}

export interface FileVerdict {
  path: string;
  sha256: string;
  /** Names of the verified statements about just this content. */
  provenBy: readonly string[];
  fault: string | null;
}

/** An entry on which the rest hangs. */
export interface EntryVerdict {
  entry: number;
  kind: string;
  fault: string | null;
}

/** `root`: a Sigstore trusted root, by its digest. `identity`: somebody whose certificates were issued under it. */
export type KeyUse = 'log' | 'signing' | 'root' | 'identity';

/** What a proof shows to whoever has checked it. */
export interface ProofVerdict {
  holds: boolean;
  mission: string;
  head: { origin: string; size: number; root: string; note: string } | null;
  /** What everything rests on. */
  keys: { use: KeyUse; text: string; trust: KeyTrust }[];
  statements: StatementVerdict[];
  entries: EntryVerdict[];
  files: FileVerdict[];
  gate: { result: string; fault: string | null };
  failures: { subject: string; message: string }[];
}
