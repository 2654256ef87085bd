import type { JsonValue } from '../../../base/json.ts';
import type { ReleasePolicy } from './release-policy.ts';

/** What is asked: in Rego for those that evaluate it, and as the entry point of what was compiled. */
export interface PolicyQuestion {
  query: string;
  entrypoint: string;
  /** JSON text. */
  input: string;
}

export type EngineName = 'embedded' | 'wasm' | 'opa' | 'server';

/** Evaluates policies. */
export interface PolicyEngine {
  name: EngineName;
  /** Of what evaluates, as far as it says. */
  version(): Promise<string>;
  /** `policy` is left out where the engine has its own. The answer; undefined where the question has none. Throws `RELEASE_POLICY_INVALID`, `RELEASE_POLICY_ENGINE`. */
  evaluate(policy: ReleasePolicy | undefined, question: PolicyQuestion): Promise<JsonValue | undefined>;
  close(): Promise<void>;
}
