import type { Clock } from '../../base/clock.ts';
import type { Task } from '../../spec/model.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { QaEngine } from '../qa/engine.ts';
import type { Machine } from '../qa/runners/machine.ts';
import type { Walls } from '../qa/walls.ts';
import type { Agent } from '../workspace/agent.ts';
import type { Redactor } from '../workspace/secrets/redactor.ts';
import type { Notary } from './evidence.ts';
import type { QaSetting } from './settings.ts';

/** What an attempt may use on this machine. */
export interface Workbench extends Notary {
  /** For the gate, which reads the mission's evidence back. */
  log: LogReader;
  /** PEM of the keys whose statements count. */
  publicKeys: readonly string[];
  clock: Clock;
  /** Who does a task of the mission here, if anybody can. */
  agentFor: (mission: string, task: Task) => Agent | undefined;
  qa: QaEngine;
  /** Folder for copies of products; each judgement makes its own in it, and removes it. */
  scratch: string;
  /** The user's programs, and where they lie. */
  machine: Machine;
  /** Walls around whatever runs code of the mission's product; none where all of it is the compiler's own. Throws `SANDBOX_MISSING`. */
  wallsFor?: (mission: string) => Promise<Walls | undefined>;
  /** What is asked of the mission's product. */
  qaOf?: (mission: string) => QaSetting | undefined;
  /** Topmost folder of the repository that the mission's result goes to. */
  repositoryOf?: (mission: string) => string | undefined;
  /** Knows the secrets that agents have been given. */
  redactor: Redactor;
}
