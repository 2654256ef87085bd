import type { Clock } from '../../base/clock.ts';
import type { Task } from '../../spec/model.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { QaEngine } from '../qa/engine.ts';
import type { Machine } from '../qa/runners/machine.ts';
import type { Walls } from '../qa/walls.ts';
import type { Agent } from '../workspace/agent.ts';
import type { Redactor } from '../workspace/secrets/redactor.ts';
import type { Tree } from '../vault/artifact.ts';
import type { StatementSigner } from '../vault/sign-statement.ts';
import type { BundleTrust } from '../vault/verify-bundle.ts';
import type { Notary } from './evidence.ts';
import type { ReleaseGate } from './ask-release-policy.ts';
import type { QaSetting, ScanSetting } from './settings.ts';

/** Who signs the statements of a mission, and whose statements count in it. */
export interface Signing {
  signer: StatementSigner;
  /** PEM. */
  publicKeys: readonly string[];
  /** What counts beside keys. */
  trust?: BundleTrust;
}

/** What an attempt may use on this machine. */
export interface Workbench extends Notary, Signing {
  /** For the gate, which reads the mission's evidence back. */
  log: LogReader;
  /** Of a mission that does not sign as the others do. */
  signingFor?: (mission: string) => Signing | undefined;
  clock: Clock;
  /** Who does a task of the mission here, if anybody can. */
  agentFor: (mission: string, task: Task) => Agent | undefined;
  qa: QaEngine;
  /** The release policy that the mission's gate asks beside its own rules, ready to be asked; whoever asks closes it. */
  releaseGateFor?: (mission: string) => Promise<ReleaseGate | undefined>;
  /** How the mission's product is looked up for known vulnerabilities. */
  scanOf?: (mission: string) => ScanSetting | undefined;
  /** Hears why a product was not scanned that was to be. */
  onUnscanned?: (why: string) => void;
  /** Folder for copies of products; each judgement makes its own in it, and removes it. */
  scratch: string;
  /** The user's programs, and where they lie. */
  machine: Machine & { environment: Readonly<Record<string, string | undefined>> };
  /** Walls around whatever runs code of the mission's product; none where it may do without, and there are none. */
  wallsFor?: (mission: string, product: Tree) => Promise<Walls | undefined>;
  /** What is asked of the mission's product. */
  qaOf?: (mission: string) => QaSetting | undefined;
  /** Topmost folder of the repository that the mission's result goes to. */
  repositoryOf?: (mission: string) => string | undefined;
  /** Knows the secrets that agents have been given. */
  redactor: Redactor;
}

/** The bench as one mission's attempts are to use it. */
export function benchOf(bench: Workbench, { mission }: { mission: string }): Workbench {
  const signing = bench.signingFor?.(mission);
  return signing === undefined ? bench : { ...bench, ...signing };
}
