import type { Digest } from '../../../base/digest.ts';
import type { Need, Priority, SourceSpan, TaskKind, TaskPriority } from '../../../spec/model.ts';
import type { QaRecord } from '../../mission/judgement.ts';
import type { Milestone } from '../../mission/milestones.ts';
import type { MissionState, TaskState } from '../../mission/records.ts';
import type { EvidenceItem } from '../../vault/evidence-desk.ts';
import type { TracedAttempt } from '../standing/attempts.ts';
import type { MissionRun } from '../standing/standing.ts';
import type { ReportUsage } from '../standing/usage.ts';

/**
 * One mission as its log tells it: what every report is drawn from. Plain data, the same for the same log. Times are milliseconds since the
 * mission's first entry, and never go back where the wall clock did.
 */
export interface Report {
  mission: ReportMission;
  gate: { result: 'pass' | 'fail' | 'pending'; reasons: string[]; entry: number | null; time: number | null };
  /** The last entry that this was made from. */
  asOf: { entry: number; at: string; entries: number; time: number };
  counts: Record<'total' | TaskState, number>;
  milestones: ReportMilestone[];
  /** In the order of the graph: needs come first. */
  tasks: ReportTask[];
  /** The times in which a process worked on the mission. */
  runs: ReportRun[];
  cost: ReportCost;
  suites: ReportSuite[];
  checks: ReportCheck[];
  /** What the QA engine said of the product, in the order in which it did. */
  judgements: ReportJudgement[];
  artifacts: ReportArtifact[];
  statements: ReportStatement[];
  proof: ReportProof;
  log: { first: ReportEntry[]; omitted: number; last: ReportEntry[] };
}

export interface ReportMission {
  id: string;
  objective: string;
  priority: Priority;
  state: MissionState;
  reason: string | null;
  specification: { id: string; title: string; dialect: string; digest: Digest };
  originatingSpec: string;
  graph: Digest;
  startedAt: string;
  finishedAt: string | null;
  /** Digest of the product's tree. */
  head: Digest | null;
  /** The commit that it started from, and the one that was made of its product. */
  base: { commit: string; uri: string } | null;
  result: { commit: string; ref: string; branch: string | null; reason: string | null } | null;
}

export interface ReportMilestone extends Milestone {
  /** How many of its tasks are in which state. */
  states: Partial<Record<TaskState, number>>;
  /** From its first sign of life to the last; null before it. */
  start: number | null;
  end: number | null;
}

export interface ReportTask {
  id: string;
  title: string;
  kind: TaskKind;
  milestone: string;
  priority: TaskPriority;
  optional: boolean;
  state: TaskState;
  reason: string | null;
  needs: Need[];
  requirements: string[];
  source: SourceSpan;
  attempts: ReportAttempt[];
  /** When it came to rest. */
  settled: number | null;
  /** Of all attempts; those still running count up to `asOf`. */
  elapsed: number;
  /** The mission whose result it took, and how long it took there, where that is known. */
  cached: { origin: string; saved: number | null } | null;
  usage: ReportUsage | null;
}

export interface ReportAttempt extends TracedAttempt {
  /** Attempts at one time are in different lanes, counted from 1. */
  lane: number;
  /** How many attempts shared one run of the test tools, this one included. */
  shared: number;
}

export interface ReportRun extends MissionRun {
  /** Of one that goes on, the last entry. */
  end: number;
}

export interface ReportCost {
  /** From the first entry to the last. */
  elapsed: number;
  /** Of that, the time in which a process worked on it. */
  active: number;
  /** Time of all attempts; a run of the test tools that several shared counts once. */
  work: number;
  /** The chain of needs that took longest: no number of lanes makes it shorter. */
  critical: { elapsed: number; tasks: string[] };
  /** Tasks whose result was taken over, and what they took when they ran; `unknown` of them left no time. */
  cache: { hits: number; saved: number; unknown: number };
  usage: ReportUsage | null;
}

/** What a suite says about the product as it stands. */
export interface ReportSuite {
  suite: string;
  passed: number;
  failed: number;
  /** Lines covered, 0..1: mean over the artifacts, and the lowest. */
  coverage: { mean: number; lowest: number };
}

/** What one check says: a task that judges, and the last statement that it signed. */
export interface ReportCheck {
  task: string;
  state: TaskState;
  suite: string | null;
  result: 'pass' | 'fail' | null;
  /** Tests; null where the statement cannot be read. */
  passed: number | null;
  failed: number | null;
  /** The first of those that failed. */
  failedTests: string[];
  statement: number | null;
  /** What it found, as it was told to the next attempt. */
  reason: string | null;
}

/** What every suite said of the product, at one attempt. */
export interface ReportJudgement extends QaRecord {
  task: string;
  entry: number;
}

export interface ReportArtifact extends EvidenceItem {
  /** Bytes. */
  size: number;
}

export interface ReportStatement {
  entry: number;
  task: string | null;
  name: string;
  predicateType: string;
  bundle: Digest;
  subjects: number;
}

export interface ReportProof {
  /** The first signed head that covers the last entry. */
  checkpoint: { origin: string; size: number; rootHash: string; note: string } | null;
  keys: ReportKeys;
  /** What the mission's last entry seals: how many statements there are, and the digest of their list. */
  seal: { count: number; digest: Digest } | null;
  /** The entries on which the rest hangs, as the tree hashes them, with their proofs (c2sp.org/tlog-proof). */
  entries: { entry: number; kind: string; leaf: string; proof: string }[];
}

/** Public keys, as the workspace has them. */
export interface ReportKeys {
  /** Verifier key of the log: `name+id+key`. */
  log: string | null;
  /** SHA-256 of the public keys that sign statements. */
  signing: Digest[];
}

/** An entry in short; `logs --json` has all of it. */
export interface ReportEntry {
  seq: number;
  at: string;
  kind: string;
  task: string | null;
  data: string;
}
