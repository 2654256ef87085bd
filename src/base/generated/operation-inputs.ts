// Generated from schemas/operation-inputs.schema.json by `npm run generate`; do not edit.

/** What each operation takes, on every face. */
export type OperationInputs = Record<string, unknown>;

/** Write a starter bundle; nothing is overwritten. */
export type Init = {
  /** Folder to write to. */
  dir: string;
  /** Way of writing specifications. */
  template: "native" | "speckit" | "openspec" | "kiro";
};

/** Read a specification and report what is wrong with it. */
export type Validate = {
  /** Folder, file, archive or git address of a specification. */
  bundle: string;
  /** Read as this dialect. */
  dialect?: string;
  /** Take warnings for errors. */
  strict?: boolean;
};

/** Show the tasks that a specification leads to, why they are in that order, and which would run. */
export type Plan = {
  /** Folder, file, archive or git address of a specification. */
  bundle: string;
  /** Who does the tasks that need a model. */
  agent?: string;
  /** Read as this dialect. */
  dialect?: string;
  /** Take warnings for errors. */
  strict?: boolean;
  /** These tasks and what they need. */
  only?: string[];
  /** Tasks to run although nothing changed. */
  force?: string[];
  /** Revision of the repository around the bundle that agents start from, or `none`; default HEAD. */
  base?: string;
  /** What any task may do at most: a MissionPolicy, or a file that holds one. */
  policy?: string | Record<string, unknown>;
  /** Write the graph to the lock file. */
  lock?: boolean;
  /** Refuse a graph that is not the accepted one. */
  locked?: boolean;
};

/** Run the mission of a specification to its gate. */
export type Apply = {
  /** Folder, file, archive or git address of a specification. */
  bundle?: string;
  /** File with a MissionPrompt. */
  prompt?: string;
  /** Read as this dialect. */
  dialect?: string;
  /** Who does the tasks that need a model. */
  agent?: string;
  /** Tasks at once. */
  jobs?: number;
  /** These tasks and what they need. */
  only?: string[];
  /** Tasks to run although nothing changed. */
  force?: string[];
  /** Revision of the repository around the bundle that agents start from, or `none`; default HEAD. */
  base?: string;
  /** What any task may do at most: a MissionPolicy, or a file that holds one. */
  policy?: string | Record<string, unknown>;
  /** Branch that is moved to the result; default `agentnexus/` and the name of the specification. */
  branch?: string;
  /** Plan only. */
  dryRun?: boolean;
  /** Take warnings for errors. */
  strict?: boolean;
  /** Refuse a graph that is not the accepted one. */
  locked?: boolean;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
  /** Limits: `tokens=200000`, `task.attempts=2`. */
  budget?: string[];
  /** Tasks, or kinds of tasks, that wait for a person: `gate`, `T012=24h`. */
  requireApproval?: string[];
  /** Close the source's boxes of what is proven. */
  tick?: boolean;
  /** Return when the mission has begun. */
  detach?: boolean;
  /** How statements are signed: by the local key, or by an identity. */
  signing?: "key" | "keyless";
  /** File with the services of a Sigstore instance. */
  signingConfig?: string;
  /** File with the Sigstore trusted root that its certificates count under. */
  trustedRoot?: string;
  /** How long people have to answer an agent that asks: `30m`; nobody is asked where it is left out. */
  answerWithin?: string;
};

/** Take a mission up where it stopped. */
export type Resume = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Limits from now on: `tokens=200000`. */
  budget?: string[];
  /** How long people have from now on to answer an agent that asks: `30m`; `0s`: nobody is there. */
  answerWithin?: string;
};

/** Start nothing more of a mission until it is resumed. */
export type Pause = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
};

/** End a mission, or one task of it. */
export type Cancel = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
};

/** Do again what has failed or was cancelled. */
export type Retry = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
  /** How long people have from now on to answer an agent that asks: `30m`; `0s`: nobody is there. */
  answerWithin?: string;
};

/** Say yes to a task that waits for a person. */
export type Approve = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
  /** What an agent asks while it works: `q1`. */
  question?: string;
};

/** Say no to a task that waits for a person. */
export type Reject = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
  /** What an agent asks while it works: `q1`. */
  question?: string;
};

/** Change how urgent a mission is. */
export type Prioritise = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Why, for the log; for `retry` also for whoever does the task again. */
  note?: string;
  /** P0 before P1 before P2. */
  priority?: "P0" | "P1" | "P2";
};

/** Merge finished OpenSpec changes into the living specs. */
export type Merge = {
  /** Folder, file, archive or git address of a specification. */
  bundle: string;
  /** Names or folders of changes; all finished ones if left out. */
  changes?: string[];
  /** Say only what would be done. */
  dryRun?: boolean;
};

/** List missions, the last first. */
export type Missions = {
  /** Only those in one of these states. */
  states?: ("planned" | "running" | "waiting" | "succeeded" | "failed" | "cancelled")[];
  /** How many at most. */
  limit?: number;
  /** Only those behind this mission: the `next` of the page before. */
  after?: string;
};

/** Show how a mission and its tasks stand. */
export type Status = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** How many at most. */
  limit?: number;
  /** Only those behind this one: the `next` of the page before. */
  after?: string;
};

/** Read what the log says about a mission or a task. */
export type Logs = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task?: string;
  /** Only entries behind this position. */
  after?: number;
  /** How many at most. */
  limit?: number;
};

/** Show the tasks of a mission with what each needs. */
export type Graph = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** How many at most. */
  limit?: number;
  /** Only those behind this one: the `next` of the page before. */
  after?: string;
};

/** Say why a task ran or was taken from the cache. */
export type Explain = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Id of a task, as `status` lists it. */
  task: string;
};

/** Make a report of a mission. */
export type Report = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** One page, a Chrome trace, or the model they are drawn from. */
  format: "html" | "trace" | "json";
  /** File to write, or `-` for none. */
  out?: string;
  /** Replace a file that is no report. */
  force?: boolean;
};

/** List the artifacts of a mission and what is proven about them. */
export type EvidenceList = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** How many at most. */
  limit?: number;
  /** Only those behind this one: the `next` of the page before. */
  after?: string;
};

/** Show the statements about one artifact. */
export type EvidenceShow = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Path, artifact id or checksum. */
  artifact: string;
};

/** Write the whole proof of a mission into a folder that verifies by itself. */
export type EvidenceExport = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Folder to write. */
  out: string;
  /** Sign the list of files by the local key, although the mission was signed without one. */
  signing?: "key";
};

/** Verify an exported folder, a mission, or everything in the workspace. */
export type Verify = {
  /** Folder or mission. */
  target?: string;
  /** Files with public keys that are trusted. */
  key?: string[];
  /** Files with Sigstore trusted roots that certificates count under. */
  trustedRoot?: string[];
  /** Whom certificates must name. */
  identity?: string;
  /** The same, as a regular expression. */
  identityRegexp?: string;
  /** Who must have vouched for that identity. */
  issuer?: string;
  /** The same, as a regular expression. */
  issuerRegexp?: string;
};

/** The log's last signed head. */
export type LedgerCheckpoint = Record<string, never>;

/** Prove that an entry is in the log. */
export type LedgerProve = {
  /** Position of the entry, from 0. */
  seq: number;
};

/** Hash the whole log again. */
export type LedgerFsck = Record<string, never>;

/** Run the tests of any project and judge it. */
export type QaRun = {
  /** Folder of the project. */
  dir: string;
  /** The one tool to run. */
  suite?: string;
  /** Command that judges it. */
  command?: string;
  /** Reports that it leaves: `FORMAT:PATH`. */
  reports?: string[];
  /** Where made values begin. */
  seed?: number;
  /** Made values for a property. */
  runs?: number;
  /** Where a running service listens. */
  url?: string;
  /** Revision that the project is held against. */
  base?: string;
  /** Only this counterexample. */
  replay?: Record<string, unknown>;
  /** The service may be on another machine. */
  remote?: boolean;
  /** A Pushgateway that is told the numbers. */
  push?: string;
  /** The agent that is tried. */
  agent?: string;
  /** Namespaces of the user's cluster that experiments may disturb. */
  namespaces?: string[];
  /** Run the tests as the user does, without walls. */
  unsafeNoSandbox?: boolean;
  /** Also give the result as an in-toto statement. */
  statement?: boolean;
  /** Also give all mutants, as Stryker reports them. */
  mutationReport?: boolean;
};

/** Take unreferenced content out of the store. */
export type CachePrune = {
  /** What the store may hold: `500M`. */
  maxSize?: string;
  /** Only what is older: `7d`. */
  olderThan?: string;
  /** Also payloads of missions that ended longer ago: `90d`. */
  payloadsOlderThan?: string;
  /** The same, by the rule in `.agentnexus.yaml`. */
  retention?: boolean;
  /** Say only what would be done. */
  dryRun?: boolean;
};

/** Find what is remembered. */
export type MemorySearch = {
  /** Words. */
  query: string;
  /** Names of scopes; all by default. */
  scopes?: string[];
  /** Most entries to answer with. */
  limit?: number;
};

/** List what is remembered. */
export type MemoryList = {
  /** Names of scopes; all by default. */
  scopes?: string[];
  /** Most entries to answer with. */
  limit?: number;
};

/** Remember something. */
export type MemoryAdd = {
  text: string;
  scope?: string;
  kind?: string;
  /** Nobody vouches for it. */
  untrusted?: boolean;
};

/** Make the index anew from the files. */
export type MemoryRebuild = {
  /** Vouch for what the files say. */
  trust?: boolean;
};

/** Say which secrets there are, never their values. */
export type SecretsList = Record<string, never>;

/** Allow what the configuration says of secrets, as it stands. */
export type SecretsAllow = Record<string, never>;

/** Say what this machine lacks. */
export type Doctor = Record<string, never>;

/** Try again what broke a property. */
export type QaReplay = {
  /** What `qa run --json` printed. */
  report: string;
  /** Folder of the project; that of the report if left out. */
  dir?: string;
  /** Where the service listens that the report is about. */
  url?: string;
  /** The service may be on another machine. */
  remote?: boolean;
};

/** Carry a gated release out. */
export type Promote = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** `github:OWNER/REPO`, `s3://BUCKET/PREFIX` or `ledger:URL`. Which server credentials go to, and folders, are said at the machine alone. */
  to: string;
  /** Say only what would be done. */
  dryRun?: boolean;
  github?: {
    /** Branch that is merged into. */
    base?: string;
    /** Merge the pull request. */
    merge?: boolean;
    /** Name of the tag. */
    tag?: string;
    /** Make the repository if it is not there. */
    create?: "private" | "public";
  };
  s3?: {
    /** How long objects are locked: `365d`. */
    retain?: string;
    /** Nobody may shorten the lock. */
    compliance?: boolean;
  };
};

/** Add a control plane that missions can be sent to. */
export type RemoteAdd = {
  /** What it is called here. */
  name: string;
  /** Its address. */
  url: string;
  /** File with the token. */
  tokenFile: string;
};

/** Log in at a control plane. */
export type RemoteLogin = {
  /** What it is called here. */
  name: string;
  /** Log in by a browser on another machine. */
  device?: boolean;
  /** File with a token to use. */
  tokenFile?: string;
};

/** List the control planes that missions can be sent to. */
export type RemoteList = Record<string, never>;

/** Forget a control plane. */
export type RemoteRemove = {
  /** What it is called here. */
  name: string;
};

/** List who tasks can be given to. */
export type AgentsList = {
  /** Bundle whose configuration counts. */
  bundle?: string;
};

/** Say whether agents can be used here, and what they lack. */
export type AgentsCheck = {
  /** Bundle whose configuration counts. */
  bundle?: string;
  /** The one agent. */
  name?: string;
};

/** Ask the evidence by SQL, read-only. */
export type EvidenceQuery = {
  /** One SELECT. */
  sql: string;
  /** Rows at most. */
  limit?: number;
};

/** Show what a product is made of. */
export type EvidenceSbom = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Its form. */
  format: "cyclonedx" | "spdx";
};

/** Publish the log as static files. */
export type LedgerPublish = {
  /** `s3://BUCKET/PREFIX` or `dir:PATH`. */
  to: string;
  /** URL of an S3-compatible service. */
  endpoint?: string;
  /** Addresses of witnesses. */
  witness?: string[];
  /** Files of their public keys. */
  witnessKey?: string[];
};

/** Have a witness sign the head of the log. */
export type LedgerWitness = {
  /** Its address. */
  url: string;
  /** File of its public key. */
  key: string;
};

/** Run a synthetic mission, which must end in verified evidence. */
export type Probe = Record<string, never>;

/** Make a token for somebody who works for you: for a short time, and for less than you may. */
export type TokensCreate = {
  /** Who it is for, in one word. */
  name: string;
  /** What they may. */
  scopes: ("specifications:read" | "specifications:write" | "missions:read" | "missions:write" | "missions:decide" | "evidence:read" | "ledger:read" | "ledger:write" | "releases:write" | "tasks:perform" | "tokens:write" | "workspace:admin")[];
  /** The only missions that it is good for. */
  missions?: string[];
  /** How long it is good: `15m`, an hour at most; default 5m. */
  lifetime?: string;
};

/** End a token before its time. */
export type TokensRevoke = {
  /** Id of the token. */
  token: string;
};

/** Ask a release policy about a mission, without deciding anything. */
export type PolicyEval = {
  /** Id of a mission, a unique prefix of one, or `latest`. */
  mission: string;
  /** Folder of Rego, .rego file, OPA bundle, `default`, or address of an OPA server. */
  releasePolicy?: string;
  /** What evaluates it. */
  policyEngine?: "auto" | "embedded" | "wasm" | "opa";
  /** File with the public key that the policy must be signed by. */
  policyKey?: string;
  /** Also give what the policy is asked about. */
  showInput?: boolean;
};

/** Run the tests of a release policy. */
export type PolicyTest = {
  /** Folder of Rego, .rego file or OPA bundle; the policy that is shipped if left out. */
  path?: string;
};

/** What waits for a person. */
export type ApprovalsList = {
  /** Id of a mission, a unique prefix of one, or `latest`; all that are not over if left out. */
  mission?: string;
  /** How many at most. */
  limit?: number;
  /** Only those behind this one: the `next` of the page before. */
  after?: string;
};

/** Record a signature in the log, and prove that it is there. */
export type LedgerRecord = {
  /** Sigstore bundle with a DSSE envelope. */
  bundle?: Record<string, unknown>;
  /** Key (PEM) that signed the bundle; those of the workspace, if left out. */
  publicKey?: string;
  /** What Rekor v2 takes: `hashedRekordRequestV002`. */
  request?: Record<string, unknown>;
};

/** The Sigstore trusted root of this log. */
export type LedgerTrustedRoot = Record<string, never>;
