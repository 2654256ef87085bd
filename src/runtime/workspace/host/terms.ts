import type { Digest } from '../../../base/digest.ts';
import type { Action, Decision } from '../../policy/action.ts';

/** What an agent is given for one task: its profile, narrowed by whatever the mission says. */
export interface Terms {
  /** Of all that is allowed: part of the task key, and of the evidence. */
  digest: Digest;
  /** Energy units for one attempt. */
  energy: number;
  /** Names of environment variables that are handed on. */
  env: readonly string[];
  /** Names of secrets that it is given. */
  secrets: readonly string[];
  /** `host:port` that it may reach. */
  hosts: readonly string[];
  /** Scopes of the memory that it may look into and add to, by their names; patterns are left to `decide`. */
  memory: { read: readonly string[]; write: readonly string[] };
  /** Kinds of actions of which some may be allowed: tools for others need not be offered. */
  kinds: readonly ('read' | 'write' | 'run')[];
  decide(action: Action): Decision;
}
