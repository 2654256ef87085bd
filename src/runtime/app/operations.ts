import type { MissionPrompt } from '../../base/generated/mission-prompt.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Priority } from '../../spec/model.ts';
import type { MissionState } from '../mission/records.ts';
import type { Counterexample } from '../qa/counterexample.ts';
import type { Face } from '../vault/approval.ts';
import type { Allowance, Scope } from './allowance.ts';
import type { QaRunView } from './judging/qa-view.ts';
import type * as accessViews from './access/access-views.ts';
import type * as memoryViews from './memory/memory-views.ts';
import type * as policyViews from './policies/policy-views.ts';
import type * as ledgerViews from './ledger/ledger-views.ts';
import type { PageInput } from './page.ts';
import type * as views from './views.ts';

/** Where and how: what every operation takes from its face. */
export interface CallContext {
  /** Working folder, absolute. */
  cwd: string;
  /** `--workspace`, absolute or relative to `cwd`. */
  workspace?: string;
  /** Who asks; the user of this machine where it is not said. */
  by?: string;
  /** How they ask; by a command where it is not said. */
  face?: Face;
  /** What whoever asks may; everything where it is not said, as the user of this machine. */
  allowance?: Allowance;
  /** What a new mission is said to come from, where the path of its bundle says nothing to others: a URI. */
  origin?: string;
  /** Return as soon as a mission has begun or gone on, where this process runs missions for others (`keepResident`). */
  beginOnly?: boolean;
  /** Aborted once on SIGINT: drain. */
  drain?: AbortSignal;
  /** Aborted on the second SIGINT: stop. */
  stop?: AbortSignal;
  /** Tells people what they should know before it goes on. */
  onNotice?: (text: string) => void;
  onProgress?: (progress: views.Progress) => void;
  /** The command line that does the same again, tells of it in CloudEvents, and can be put into the background. */
  again?: readonly [string, ...string[]];
}

export interface ApplyInput {
  bundle: string;
  /** Name of the dialect to read as, whatever the bundle looks like. */
  dialect?: string;
  /** Who does the tasks that need a model: `compiler` (nobody), `script:FILE`, or the name of an agent (`agents list`). */
  agent?: string;
  /** Run the agent without walls. */
  unsafeNoSandbox?: boolean;
  /** Run this mission again from what was recorded of it; no model is asked. */
  replay?: string;
  jobs?: number;
  only?: string[];
  force?: string[];
  /** Revision of the repository around the bundle that the mission starts from, or `none`; HEAD where nothing is said. */
  base?: string;
  /** Branch that is moved to the result. */
  branch?: string;
  dryRun?: boolean;
  strict?: boolean;
  /** Refuse a graph that is not the accepted one. */
  locked?: boolean;
  priority?: Priority;
  /** `tokens=200000`, `task.attempts=2`. */
  budget?: string[];
  /** Tasks, or kinds of tasks, that wait for a person: `gate`, `T012=24h`. */
  requireApproval?: string[];
  /** What the gate asks beside its own rules: a folder, a `.rego` file, an OPA bundle, `default`, or the address of an OPA server. */
  releasePolicy?: string;
  policyEngine?: 'auto' | 'embedded' | 'wasm' | 'opa';
  /** File with the public key that the release policy must be signed by. */
  policyKey?: string;
  /** Whether the product is looked up for known vulnerabilities; what `.agentnexus.yaml` says, if left out. `online` tells api.osv.dev what packages it has. */
  scan?: 'offline' | 'online' | 'off';
  /** How long people have to answer an agent that asks: `30m`. Nobody is asked where it is left out. */
  answerWithin?: string;
  /** Close the source's boxes of what is proven. */
  tick?: boolean;
  /** What any of its tasks may do at most: a MissionPolicy. */
  policy?: JsonObject;
  /** How statements are signed: by the local `key`, or `keyless`; what `.agentnexus.yaml` says, if left out. */
  signing?: 'key' | 'keyless';
  /** Files of a Sigstore instance: its services, and whose certificates count. */
  signingConfig?: string;
  trustedRoot?: string;
  /** What the mission is to be called, to reach, and how urgent it is. */
  mission?: MissionPrompt;
}

/** `apply` as people ask for it: the bundle may be named by the prompt. */
export interface ApplyRequest extends Omit<ApplyInput, 'bundle' | 'mission' | 'policy'> {
  bundle?: string;
  /** File with a MissionPrompt. */
  prompt?: string;
  /** File with a MissionPolicy, or what it says. */
  policy?: string | JsonObject;
  /** Return when the mission has begun; another process runs it. */
  detach?: boolean;
}

/** What a person says to a mission, or to one of its tasks. */
export interface SteerInput {
  mission: string;
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  priority?: Priority;
}

/** A yes or a no. */
export interface AnswerInput extends SteerInput {
  /** What an agent asks: the question that is answered. */
  question?: string;
}

export interface PlanInput {
  bundle: string;
  agent?: string;
  dialect?: string;
  strict?: boolean;
  only?: string[];
  force?: string[];
  base?: string;
  /** File with a MissionPolicy, or what it says. */
  policy?: string | JsonObject;
  /** Write the graph to the lock file. */
  lock?: boolean;
  /** Refuse a graph that is not the accepted one. */
  locked?: boolean;
}

export interface ReportInput {
  mission: string;
  format: views.ReportFormat;
  /** File to write, or `-` for none: the text is then in the answer. Left out, it goes into the workspace; `json` is the answer itself. */
  out?: string;
  /** Replace a file that is no report. */
  force?: boolean;
}

export interface PruneInput {
  /** What the store may hold at most: `500M`, `2GiB`. */
  maxSize?: string;
  /** Only what was stored longer ago than this: `7d`. */
  olderThan?: string;
  /** Also payloads of missions that ended longer ago than this: transcripts, exchanges with models and the memory, artifacts. */
  payloadsOlderThan?: string;
  /** The same, by the rule in `.agentnexus.yaml`. */
  retention?: boolean;
  dryRun?: boolean;
}

export interface MergeInput {
  bundle: string;
  /** Names or folders of changes; those whose tasks are all done if there are none. */
  changes?: string[];
  dryRun?: boolean;
}

export interface MemorySearchInput {
  query: string;
  /** Names of scopes; all by default. */
  scopes?: string[];
  limit?: number;
}

export interface MemoryAddInput {
  text: string;
  /** `workspace` by default. */
  scope?: string;
  /** One word: `note` by default. */
  kind?: string;
  /** Nobody vouches for it: it comes from elsewhere. */
  untrusted?: boolean;
}

export interface QaRunInput {
  /** Folder of the project. */
  dir: string;
  /** The one tool, or the one suite of ours, to run. */
  suite?: string;
  /** Where made values begin, and how many there are for a property. */
  seed?: number;
  runs?: number;
  /** Where a running service listens, and whether that may be another machine. */
  url?: string;
  remote?: boolean;
  /** Only this, from its smallest failure. */
  replay?: Counterexample;
  /** The revision that the project is held against, to see whether its tests say less than they did. */
  base?: string;
  /** A command that judges it, and the reports that it leaves (`FORMAT:PATH`). */
  command?: string;
  reports?: string[];
  /** A Pushgateway that is told the numbers. */
  push?: string;
  /** Also give the result as an in-toto statement. */
  statement?: boolean;
  /** Also give all mutants, as Stryker reports them. */
  mutationReport?: boolean;
  /** Run the tests as the user does, without walls. */
  unsafeNoSandbox?: boolean;
  /** Namespaces of the user's cluster that experiments may disturb. */
  namespaces?: string[];
  /** The agent that is tried. */
  agent?: string;
}

export interface QaReplayInput {
  /** What `qa run --json` printed. */
  report: string;
  /** Folder of the project; that of the report if left out. */
  dir?: string;
  /** Where a service listens that the report is about, and whether that may be another machine. */
  url?: string;
  remote?: boolean;
}

export type SbomFormat = 'cyclonedx' | 'spdx';

export interface PromoteInput {
  mission: string;
  /** `github:OWNER/REPO`, `s3://BUCKET/PREFIX`, `ledger:URL`, `dir:PATH`. */
  to: string;
  dryRun?: boolean;
  github?: { api?: string; base?: string; merge?: boolean; tag?: string; create?: 'private' | 'public' };
  s3?: { endpoint?: string; retain?: string; compliance?: boolean };
  /** File with the public key of the ledger. */
  ledgerKey?: string;
}

export interface PolicyEvalInput {
  mission: string;
  /** As `apply` takes it; what the mission's gate asked if left out, else the policy that is shipped. */
  releasePolicy?: string;
  policyEngine?: 'auto' | 'embedded' | 'wasm' | 'opa';
  /** File with the public key that the policy must be signed by. */
  policyKey?: string;
  /** Also give what the policy is asked about. */
  showInput?: boolean;
}

export interface PublishInput {
  /** `s3://BUCKET/PREFIX` or `dir:PATH`. */
  to: string;
  endpoint?: string;
  /** Addresses of witnesses, and the files of their public keys, in the same order. */
  witness?: string[];
  witnessKey?: string[];
}

export interface TokenInput {
  /** Who it is for, in one word. */
  name: string;
  scopes: Scope[];
  /** The only missions that it is good for. */
  missions?: string[];
  /** How long it is good: `15m`, an hour at most; 5 minutes where nothing is said. */
  lifetime?: string;
}

export interface VerifyInput {
  target?: string;
  /** Files with public keys. */
  key?: string[];
  /** Files with Sigstore trusted roots. */
  trustedRoot?: string[];
  /** Whose certificates count: name and issuer, each as it is written or by a regular expression. */
  identity?: string;
  identityRegexp?: string;
  issuer?: string;
  issuerRegexp?: string;
}

/** A signature to record: a Sigstore bundle, or a request as Rekor v2 takes it. */
export interface RecordInput {
  bundle?: JsonObject;
  /** PEM of the key that signed the bundle; those of this workspace, if left out. */
  publicKey?: string;
  /** Body of `POST /api/v2/log/entries`. */
  request?: JsonObject;
}

/** Name → input and output. The table of operations in `call.ts` has one handler for each. */
export interface Operations {
  init: { input: { dir: string; template: 'native' | 'speckit' | 'openspec' | 'kiro' }; output: views.InitView };
  validate: { input: { bundle: string; dialect?: string; strict?: boolean }; output: views.ValidationView };
  plan: {
    input: PlanInput;
    output: views.PlanView;
  };
  apply: { input: ApplyRequest; output: views.MissionView | views.PlanView };
  resume: { input: { mission: string; budget?: string[]; answerWithin?: string }; output: views.MissionView };
  pause: { input: SteerInput; output: views.MissionView };
  cancel: { input: SteerInput; output: views.MissionView };
  retry: { input: SteerInput & { answerWithin?: string }; output: views.MissionView };
  approve: { input: AnswerInput; output: views.MissionView };
  reject: { input: AnswerInput; output: views.MissionView };
  'approvals.list': { input: { mission?: string } & PageInput; output: views.ApprovalListView };
  prioritise: { input: SteerInput; output: views.MissionView };
  merge: { input: MergeInput; output: views.MergeView };
  missions: { input: { states?: MissionState[] } & PageInput; output: views.MissionListView };
  status: { input: { mission: string } & PageInput; output: views.StatusView };
  graph: { input: { mission: string } & PageInput; output: views.GraphView };
  logs: { input: { mission: string; task?: string; after?: number; limit?: number }; output: views.LogsView };
  explain: { input: { mission: string; task: string }; output: views.ExplanationView };
  report: { input: ReportInput; output: views.ReportView };
  'evidence.list': { input: { mission: string } & PageInput; output: views.EvidenceListView };
  'evidence.show': { input: { mission: string; artifact: string }; output: views.EvidenceView };
  'evidence.export': { input: { mission: string; out: string; signing?: 'key' }; output: views.ExportView };
  'evidence.query': { input: { sql: string; limit?: number; timeout?: number }; output: views.QueryView };
  'evidence.sbom': { input: { mission: string; format: SbomFormat; syft?: boolean }; output: views.SbomView };
  'policy.eval': { input: PolicyEvalInput; output: policyViews.PolicyEvaluationView };
  'policy.test': { input: { path?: string }; output: policyViews.PolicyTestView };
  verify: { input: VerifyInput; output: views.VerificationView };
  promote: { input: PromoteInput; output: views.PromotionView };
  'ledger.checkpoint': { input: Record<string, never>; output: views.CheckpointView };
  'ledger.prove': { input: { seq: number }; output: views.ProofView };
  'ledger.record': { input: RecordInput; output: ledgerViews.RecordView };
  'ledger.trusted-root': { input: Record<string, never>; output: ledgerViews.TrustedRootView };
  'ledger.publish': { input: PublishInput; output: views.PublicationView };
  'ledger.witness': { input: { url: string; key: string }; output: views.CosignatureView };
  'ledger.fsck': { input: Record<string, never>; output: views.FsckView };
  'qa.run': { input: QaRunInput; output: QaRunView };
  'qa.replay': { input: QaReplayInput; output: QaRunView };
  'cache.prune': { input: PruneInput; output: views.PruneView };
  'remote.add': { input: { name: string; url: string; tokenFile?: string }; output: accessViews.RemoteListView };
  'remote.login': { input: { name: string; device?: boolean; tokenFile?: string }; output: accessViews.RemoteLoginView };
  'remote.list': { input: Record<string, never>; output: accessViews.RemoteListView };
  'remote.remove': { input: { name: string }; output: accessViews.RemoteListView };
  'agents.list': { input: { bundle?: string }; output: views.AgentsView };
  'agents.check': { input: { bundle?: string; name?: string }; output: views.AgentsView };
  'memory.search': { input: MemorySearchInput; output: memoryViews.MemoryListView };
  'memory.list': { input: Omit<MemorySearchInput, 'query'>; output: memoryViews.MemoryListView };
  'memory.add': { input: MemoryAddInput; output: memoryViews.MemoryAddedView };
  'memory.rebuild': { input: { trust?: boolean }; output: memoryViews.MemoryRebuildView };
  'secrets.list': { input: Record<string, never>; output: memoryViews.SecretListView };
  'secrets.allow': { input: Record<string, never>; output: memoryViews.SecretListView };
  probe: { input: Record<string, never>; output: accessViews.ProbeView };
  'tokens.create': { input: TokenInput; output: accessViews.TokenView };
  'tokens.revoke': { input: { token: string }; output: accessViews.TokenRevokedView };
  doctor: { input: Record<string, never>; output: views.DoctorView };
}

export type OperationName = keyof Operations;
export type Handler<N extends OperationName> = (
  input: Operations[N]['input'],
  context: CallContext,
) => Promise<Operations[N]['output']>;
