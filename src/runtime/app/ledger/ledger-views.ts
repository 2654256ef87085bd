import type { JsonObject } from '../../../base/json.ts';

export interface RecordView {
  kind: 'Record';
  /** Position in the log. */
  seq: number;
  leafHash: string;
  /** Signed note of the tree that the proof is about. */
  checkpoint: string;
  /** c2sp.org/tlog-proof. */
  proof: string;
  /** `TransparencyLogEntry` of Sigstore. */
  entry: JsonObject;
  /** The Sigstore bundle that was recorded, with that entry in it. */
  bundle?: JsonObject;
}

export interface TrustedRootView {
  kind: 'TrustedRoot';
  /** Name of the log. */
  origin: string;
  trustedRoot: JsonObject;
}
