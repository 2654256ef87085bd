import type { Digest } from '../../base/digest.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Coverage, EdgeKind, Priority, SourceSpan, TaskKind, TaskPriority, WorkStatus } from '../../spec/model.ts';
import type { RequirementCoverage } from '../../spec/requirement-coverage.ts';
import type { Diagnostic } from '../../spec/diagnostics.ts';
import type { EvidenceItem } from '../vault/evidence-desk.ts';
import type { Milestone } from '../mission/milestones.ts';
import type { MissionState, TaskState } from '../mission/records.ts';
import type { Budget } from '../mission/settings.ts';
import type { Report } from '../report/model/report.ts';

/** What operations answer. Every face prints these; `--json` adds `apiVersion` and puts `kind` first. Schemas: `schemas/`. */

export interface PlanView {
  kind: 'Plan';
  specification: { id: string; title: string; dialect: string; digest: Digest };
  tasks: PlannedTask[];
  diagnostics: Diagnostic[];
  coverage: Coverage;
  /** What `apply` would do now. */
  summary: { total: number; cached: number; run: number; done: number };
  requirements: RequirementCoverage;
  /** The commit that the mission would start from, and what of it agents would not see; null if from nothing. */
  base: { commit: string; uri: string; files: number; leftOut: number; notSeen: { path: string; why: string }[] } | null;
  /** What became of the lock file, where one was asked for. */
  lock?: LockView;
}

/** A lock file after the graph was accepted. */
export interface LockView {
  path: string;
  state: 'written' | 'unchanged';
  /** Tasks in it. */
  tasks: number;
  /** In what it differs from the one before, for people. */
  diff: string[];
}

export interface PlannedTask {
  id: string;
  sourceId: string;
  title: string;
  kind: TaskKind;
  /** As the source says; those that are done or cancelled are not run. */
  status: WorkStatus;
  optional: boolean;
  milestone: string;
  priority: TaskPriority;
  needs: { task: string; kind: EdgeKind; because: string }[];
  writes: string[];
  requirements: string[];
  profile: string;
  /** Who does it; `model` where that must be an agent with a model. */
  agent: string;
  /** Whether anybody here does it; otherwise it fails, and what needs it is skipped. */
  able: boolean;
  source: SourceSpan;
  cached: boolean;
  /** Why it would run, or what its result is taken from. */
  reason: string;
}

export interface ValidationView {
  kind: 'Validation';
  specification: { id: string; title: string; dialect: string; digest: Digest };
  valid: boolean;
  diagnostics: Diagnostic[];
  coverage: Coverage;
  /** The configuration that gave diagnostics their levels, and how many it turned off. */
  config?: { path: string; off: number };
}

export interface MissionView {
  kind: 'Mission';
  id: string;
  specification: { id: string; title: string; dialect: string; digest: Digest };
  objective: string;
  priority: Priority;
  state: MissionState;
  tasks: Record<'total' | 'succeeded' | 'cached' | 'failed' | 'running' | 'waiting' | 'skipped' | 'cancelled', number>;
  head: Digest | null;
  gate: { result: 'pass' | 'fail' | 'pending'; reasons: string[] };
  checkpoint: { size: number; rootHash: string };
  startedAt: string;
  finishedAt: string | null;
  /** Workspace folder. */
  workspace: string;
  /** Where the product was written, once the gate has passed. */
  output: string | null;
  /** Failed tasks with their reasons. */
  failures: { task: string; reason: string }[];
  /** Why it waits. */
  reason: string | null;
  /** What it has used so far, and what it may. `wall` is milliseconds at work. */
  spent: Spent;
  budget: Budget | null;
  /** Tasks that wait for a person, and until when; with `question`, what their agents ask. */
  approvals: { task: string; expires: string | null; question?: string; asks?: string }[];
  /** The commit that it started from; null if from nothing. */
  base: { commit: string; uri: string; files: number } | null;
  /** What became of its result in the user's repository. */
  result: ResultView | null;
  /** True if `apply` found nothing to do. */
  unchanged?: boolean;
  /** The process that runs it in the background, and the file with what that process tells. */
  detached?: { pid: number; log: string };
  /** Boxes of the source that were closed; with `--tick`. */
  ticked?: TickedBox[];
  /** Tasks of the source that were asked for, and criteria of those that are proven, whose box was left as it is. */
  notTicked?: (TickedBox & { reason: string })[];
  /** What became of the source's lines, and what is to be said about them; from `apply`, which has read it. */
  coverage?: Coverage;
  diagnostics?: Diagnostic[];
}

/** Something that waits for a person. */
export interface ApprovalItem {
  mission: string;
  task: string;
  title: string;
  /** What is to be named with the answer; null where a task waits for leave to start. */
  question: string | null;
  /** What is wanted: `to run npm publish`. */
  asks: string;
  agent: string | null;
  action: JsonObject | null;
  /** RFC 3339; null if it stands for ever. */
  expires: string | null;
}

export interface ApprovalListView {
  kind: 'ApprovalList';
  items: ApprovalItem[];
  /** The last of this page, if there are more: they are `after` it. */
  next?: string;
}

/** `ref` keeps the commit for good; `branch` is null while no branch has been moved to it, and `reason` says why. */
export interface ResultView {
  commit: string;
  ref: string;
  branch: string | null;
  reason: string | null;
}

/** What a mission has used. */
export interface Spent {
  tokens: number;
  money: number;
  energy: number;
  wall: number;
  attempts: number;
}

/** A task or criterion of the source, and where its mark stands; where it has none, where it begins. */
export interface TickedBox {
  task: string;
  title: string;
  file: string;
  line: number;
  column: number;
}

export interface MissionListView {
  kind: 'MissionList';
  items: Pick<MissionView, 'id' | 'specification' | 'state' | 'priority' | 'reason' | 'startedAt' | 'finishedAt'>[];
  /** The last of this page, if there are more: they are `after` it. */
  next: string | null;
}

/** `status`: a mission and its tasks. */
export interface StatusView extends Omit<MissionView, 'kind'> {
  kind: 'Status';
  /** In the order of the graph. */
  milestones: Milestone[];
  items: {
    id: string;
    title: string;
    kind: TaskKind;
    state: TaskState;
    attempt: number;
    reason: string | null;
    startedAt: string | null;
    finishedAt: string | null;
  }[];
  /** The last of this page, if there are more: they are `after` it. */
  next?: string;
}

/** `graph`: the tasks of a mission as they were planned; how they stand says `status`. */
export interface GraphView {
  kind: 'Graph';
  mission: string;
  specification: { id: string; title: string; dialect: string; digest: Digest };
  /** Needs come first. */
  tasks: GraphTask[];
  /** The last of this page, if there are more: they are `after` it. */
  next?: string;
}

export interface GraphTask {
  id: string;
  sourceId: string;
  title: string;
  kind: TaskKind;
  milestone: string;
  priority: TaskPriority;
  optional: boolean;
  /** How many tasks the longest chain of needs before it has. */
  level: number;
  needs: { task: string; kind: EdgeKind; because: string }[];
}

export interface LogsView {
  kind: 'Logs';
  items: LogLine[];
  /** The last of this page, if there are more: they are `after` it. */
  next?: number;
}

export interface LogLine {
  seq: number;
  at: string;
  entry: string;
  mission: string | null;
  task: string | null;
  data: Record<string, unknown>;
}

export interface ExplanationView {
  kind: 'Explanation';
  mission: string;
  task: string;
  title: string;
  state: TaskState;
  /** One sentence. */
  because: string;
  /** Of this mission; 0 if it was never started. */
  attempt: number;
  /** What was last found or said about its results: the brief of its next attempt. */
  feedback: string | null;
  key: Digest | null;
  /** Named inputs of the key: digests or versions. */
  inputs: Record<string, string>;
  /** Against the attempt before, if there was one. */
  changes: { input: string; before?: string; after?: string }[];
  comparedWith: string | null;
  needs: { task: string; kind: EdgeKind; because: string }[];
  outputs: { path: string; digest: Digest }[];
}

export type ReportFormat = 'html' | 'trace' | 'json';

/** `report`: everything that a report says, and where it was written. */
export interface ReportView extends Report {
  kind: 'Report';
  /** The file, if one was written. */
  written?: { path: string; format: ReportFormat; bytes: number };
  /** The report in the format asked for, if it was asked for as text; never part of a document. */
  text?: string;
}

export interface EvidenceListView {
  kind: 'EvidenceList';
  mission: string;
  items: EvidenceItem[];
  /** The last of this page, if there are more: they are `after` it. */
  next?: string;
}

export interface EvidenceView {
  kind: 'Evidence';
  item: EvidenceItem;
  mission: string;
  statements: {
    seq: number;
    name: string;
    predicateType: string;
    bundle: Digest;
    subjects: number;
    statement: Record<string, unknown>;
  }[];
  validations: Record<string, unknown>[];
}

export interface ExportView {
  kind: 'Export';
  mission: string;
  path: string;
  files: number;
  bytes: number;
  /** `signing` is null where an identity has signed. */
  keys: { signing: string | null; log: string };
}

export interface PublicationView {
  kind: 'Publication';
  origin: string;
  /** As it is recorded: without secrets. */
  target: string;
  /** Entries that are published now, and that were before. */
  size: number;
  before: number;
  /** Files that were written. */
  files: number;
  /** Who has cosigned. */
  witnesses: string[];
  /** The checkpoint as it was published. */
  note: string;
}

export interface CosignatureView {
  kind: 'Cosignature';
  witness: string;
  /** When the witness signed, by its own clock. */
  at: string;
  size: number;
  /** The checkpoint with the witness's signature. */
  note: string;
}

export interface QueryView {
  kind: 'Query';
  columns: string[];
  rows: (string | number | null)[][];
  /** There are more rows than the limit. */
  truncated: boolean;
}

export interface SbomView {
  kind: 'Sbom';
  mission: string;
  format: 'cyclonedx' | 'spdx';
  /** Who made it. */
  tool: 'agentnexus' | 'syft';
  /** Of the document as canonical JSON. */
  digest: string;
  document: JsonObject;
}

export interface PromotionView {
  kind: 'Promotion';
  /** The same mission, product and target have the same id. */
  id: string;
  mission: string;
  /** As it is recorded: without secrets. */
  target: string;
  /** `planned`: nothing was done, `--dry-run`. */
  state: 'planned' | 'done' | 'waiting';
  /** What a person has to do first. */
  reason: string | null;
  /** In order. `before`: by an earlier run. */
  steps: { name: string; what: string; state: 'before' | 'done' | 'open' }[];
  /** Where to look at it. */
  url: string | null;
}

export interface VerificationView {
  kind: 'Verification';
  /** Folder or mission that was verified. */
  target: string;
  result: 'verified' | 'failed';
  missions: { id: string; state?: string; gate?: { result: 'pass' | 'fail'; reasons: string[] } }[];
  checked: Record<string, number>;
  /** Contents that are not there because that entry of the log says that a rule removed them. */
  removed: { entry: number; at: string; mission: string; rule: string; digests: string[] }[];
  /** The most telling first. */
  failures: { subject: string; code: string; message: string }[];
  /** Failures beyond those listed. */
  omitted: number;
  /** Keys the answer rests on, and where they come from: given by the user, vouched for by such a key, or found in what was verified. */
  trust: { use: 'signing' | 'log'; fingerprint: string; from: 'user' | 'vouched' | 'folder' | 'workspace' }[];
  /** Whom certificates name that the answer rests on, and who wanted them: the user, only the user's root, or what was verified. */
  identities: { subject: string; issuer: string; from: 'user' | 'root' | 'folder' | 'workspace' }[];
}

export interface CheckpointView {
  kind: 'Checkpoint';
  origin: string;
  size: number;
  rootHash: string;
  note: string;
}

export interface ProofView {
  kind: 'Proof';
  seq: number;
  leafHash: string;
  /** `c2sp.org/tlog-proof@v1`. */
  proof: string;
  entry: Record<string, unknown>;
}

export interface FsckView {
  kind: 'Fsck';
  result: 'clean' | 'damaged';
  entries: number;
  tiles: number;
  checkpoints: number;
  /** Entries at the end that their writer has not signed yet. */
  unsigned: number;
  faults: { subject: string; code: string; message: string }[];
}

/** `cache prune`: what was taken out of the content store, or with `dryRun` would be. */
export interface PruneView {
  kind: 'Prune';
  dryRun: boolean;
  workspace: string;
  /** The content store before. */
  store: FileAmount;
  /** What the log refers to: it stays, whatever the limit. */
  kept: FileAmount;
  removed: FileAmount;
  /** Payloads of old missions, which the log now says were removed; `missions`: of how many. */
  payloads: FileAmount & { missions: number };
  /** What nothing refers to, and was left: it is too young, or there is room. */
  left: FileAmount;
  /** Specifications that were sent here, and that no mission needs; removed too. */
  uploads: FileAmount;
  /** What attempts and writers that died have left in the workspace; removed too. */
  temporary: FileAmount;
  /** Bytes that the store may hold, and by how many what has to stay is over it. */
  limit: number | null;
  over: number;
}

export interface FileAmount {
  files: number;
  bytes: number;
}

export interface DoctorView {
  kind: 'Doctor';
  healthy: boolean;
  checks: { name: string; status: 'ok' | 'warning' | 'missing'; message: string; hint: string | null }[];
}

/** `agents list` and `agents check`. */
export interface AgentsView {
  kind: 'Agents';
  items: AgentItem[];
}

export interface AgentItem {
  name: string;
  from: 'built in' | 'configuration';
  protocol: 'acp' | 'exec';
  /** How it is started; null for one that is part of this program. */
  command: string[] | null;
  program: string | null;
  version: string | null;
  model: string | null;
  usable: boolean;
  missing: { of: 'program' | 'sandbox' | 'model' | 'gateway'; what: string; hint: string }[];
}

/** `merge`: what became of the living specs, or with `dryRun` what would. */
export interface MergeView {
  kind: 'Merge';
  dryRun: boolean;
  /** Merged changes, in this order. Paths are relative to the bundle. */
  changes: { name: string; folder: string; archive: string; tasks: { total: number; done: number } }[];
  specs: MergedSpec[];
  /** Open changes that were not merged, and how far they are. */
  passedOver: { name: string; folder: string; reason: string }[];
  /** What was done already or means nothing, and changes that stay and will find their requirement changed. */
  notes: { change: string; file: string; line: number; message: string }[];
}

export interface MergedSpec {
  file: string;
  capability: string;
  state: 'created' | 'updated' | 'unchanged';
  requirements: { operation: 'added' | 'modified' | 'removed' | 'renamed'; name: string; from?: string; change: string }[];
  /** As of `diff -u`, without its head. */
  diff: string[];
}

export interface InitView {
  kind: 'Init';
  path: string;
  files: string[];
  template: string;
}

/** What `apply` tells while it works. */
export type Progress =
  | { type: 'mission'; mission: string; title: string; total: number; resumed: boolean; workspace: string }
  | {
      type: 'task';
      task: string;
      title: string;
      kind: TaskKind;
      /** `waiting`: for a person. `again`: found at fault, and to be done once more. */
      state: 'running' | 'succeeded' | 'cached' | 'failed' | 'skipped' | 'cancelled' | 'waiting' | 'again';
      settled: number;
      total: number;
      elapsed?: number;
      reason?: string;
    }
  | { type: 'gate'; result: 'pass' | 'fail'; reasons: string[] };
