import type { Digest } from '../../base/digest.ts';
import type { ContractPromise } from '../qa/contracts/contract-suite.ts';
import type { HeldOut } from '../qa/held-out/held-out.ts';
import type { QaPolicy } from '../qa/policy.ts';
import type { SigningServices } from '../vault/keyless/signing-services.ts';
import type { Threshold } from '../vault/vulnerability-scan.ts';

/** What a mission was told beside its graph; in the log, so that it goes on the same way wherever it is resumed. */
export interface MissionSettings {
  /** Who does the tasks that need a model. */
  agent?: AgentSetting;
  budget?: Budget;
  approvals?: Approval[];
  /** Milliseconds that people have to answer an agent that asks; nobody is asked where it is left out. */
  answers?: number;
  /** Content digest of what limits all of its tasks. */
  policy?: Digest;
  /** Where the result goes in the user's repository. */
  branch?: BranchSetting;
  /** How the product as a whole is judged. */
  qa?: QaSetting;
  /** The release policy that the gate asks beside its own rules. */
  release?: ReleaseSetting;
  /** The product is looked up for known vulnerabilities. */
  scan?: ScanSetting;
  /** Statements are signed by an identity rather than by a key. */
  signing?: SigningSetting;
}

/** What the user's configuration asks of a product beyond tests that pass. */
export interface QaSetting {
  policy?: QaPolicy;
  /** Tests that agents do not see; their files are in the store. */
  heldOut?: readonly HeldOut[];
  /** Suites of ours that judge it too, once its tests pass. */
  suites?: readonly ProductSuite[];
  /** What is promised of its contracts. */
  contracts?: readonly ContractPromise[];
}

/** How a product is looked up for known vulnerabilities, and what of them the gate refuses. */
export interface ScanSetting {
  /** `offline`: nothing leaves this machine. `online`: names and versions of packages go to api.osv.dev. */
  mode: 'offline' | 'online';
  threshold: Threshold;
}

/** Signing without a key. */
export interface SigningSetting {
  services: SigningServices;
  /** Content digest of the trusted root that its certificates count under. */
  root: Digest;
}

export interface ReleaseSetting {
  /** Digest of its bundle in the content store, or the address of the OPA server that has it. */
  policy: { digest: Digest } | { server: string };
  /** Where it came from, for people. */
  source: string;
  engine: 'auto' | 'embedded' | 'wasm' | 'opa';
  /** Key (SHA-256 of the SPKI DER) whose signature on the bundle was asked for, and found. */
  signedBy?: Digest;
}

/** A branch of the user's repository, and where it stood when the mission began. */
export interface BranchSetting {
  /** Topmost folder of the repository. */
  repository: string;
  name: string;
  /** Commit id; null if there was no such branch. */
  from: string | null;
  /** The mission's id is put behind the name: the name alone was taken. */
  suffixed?: true;
}

export interface AgentSetting {
  name: string;
  /** Content digest of the file that says what it does. */
  script?: Digest;
  /** Content digest of how it is started. */
  definition?: Digest;
  /** It runs without walls: somebody has said so outright. */
  unconfined?: true;
  /** Its model says what it said in that mission. */
  replay?: string;
}

/** Amounts that may be used up. */
export interface Amounts {
  /** Tokens of models, in and out. */
  tokens?: number;
  /** US dollars, estimated. */
  money?: number;
  /** Energy units. */
  energy?: number;
  /** Milliseconds at work; waiting for people does not count. */
  wall?: number;
  attempts?: number;
}

/** What a mission, and each of its tasks, may use. What runs when a limit is reached may end; nothing more is started. */
export interface Budget extends Amounts {
  task?: Amounts;
}

/** A person must say yes before the task starts. */
export interface Approval {
  /** Id or printed id of a task, or its kind. */
  task: string;
  /** Milliseconds after which nobody's answer is a no; never if it is left out. */
  expires?: number;
}

/** Suites that can judge what a mission has made, by their names. */
export type ProductSuite = 'contracts' | 'mutation';
