import { sha256 } from '../../src/base/digest.ts';
import type { Operations } from '../../src/runtime/app/operations.ts';
import type { MissionView, PlannedTask, PlanView } from '../../src/runtime/app/views.ts';
import { SAMPLES_OF_AGENTS } from './sample-agent-views.ts';
import { largeReport } from '../runtime/report/large-report.ts';
import { sampleQaRun } from './sample-qa-run.ts';

type View = Operations[keyof Operations]['output'];

const mission = '0199a3c2-7d10-7aaa-8bbb-0123456789ab';
const at = '2026-05-01T10:00:00.000Z';
const later = '2026-05-01T10:00:04.250Z';
const digest = sha256('');
const specification = { id: 'parcel-tracking', title: 'Parcel Tracking', dialect: 'native', digest };
const source = { file: 'spec.md', line: 22, column: 3, endLine: 25 };
const diagnostic = {
  severity: 'warning',
  code: 'SPEC_PARTY_UNKNOWN',
  message: 'The consumer `Depot` is not a component of this bundle.',
  hint: 'Name a component, or leave it if it is outside.',
  file: 'spec.md',
  line: 25,
  column: 16,
} as const;
const coverage = {
  sourceLines: 40,
  blank: 8,
  headings: 5,
  elementLines: 20,
  prose: 6,
  documents: 0,
  notUnderstood: 1,
  elements: 6,
  unreadableFiles: 0,
  checkboxes: 2,
  checkboxesAccounted: 2,
  boxes: { task: 2, subTask: 0, criterion: 0, diagnostic: 0 },
};

export const sampleTask: PlannedTask = {
  id: 'component:parcel-desk',
  sourceId: 'component:parcel-desk',
  title: 'Component Parcel Desk',
  kind: 'component',
  status: 'todo',
  optional: false,
  milestone: 'Components',
  priority: 'P1',
  needs: [{ task: 'contract:parcel', kind: 'contract', because: 'produces Parcel' }],
  writes: ['src/components/parcel-desk/**'],
  requirements: ['component:parcel-desk'],
  profile: 'compiler',
  agent: 'compiler',
  able: true,
  source,
  cached: false,
  reason: 'the specification changed',
};

export const samplePlan: PlanView = {
  kind: 'Plan',
  specification,
  tasks: [
    { ...sampleTask, id: 'contract:parcel', kind: 'contract', milestone: 'Contracts', needs: [], cached: true, reason: 'cached' },
    sampleTask,
  ],
  diagnostics: [diagnostic],
  coverage,
  summary: { total: 2, cached: 1, run: 1, done: 0 },
  requirements: { total: 2, covered: 1, uncovered: ['requirement:fr-002'], tasksWithout: ['component:parcel-desk'] },
  base: {
    commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    uri: 'git+file:///tmp/parcels@c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    files: 12,
    leftOut: 1,
    notSeen: [{ path: 'latest', why: 'is a symbolic link' }],
  },
};

export const sampleMission: MissionView = {
  kind: 'Mission',
  id: mission,
  specification,
  objective: 'Build Parcel Tracking',
  priority: 'P1',
  state: 'failed',
  tasks: { total: 4, succeeded: 1, cached: 1, failed: 1, running: 0, waiting: 0, skipped: 1, cancelled: 0 },
  head: digest,
  gate: { result: 'fail', reasons: ['1 task failed'] },
  checkpoint: { size: 12, rootHash: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
  startedAt: at,
  finishedAt: later,
  workspace: '/tmp/parcels/.agentnexus',
  output: null,
  reason: null,
  spent: { tokens: 0, money: 0, energy: 0, wall: 0, attempts: 0 },
  budget: null,
  approvals: [],
  base: {
    commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    uri: 'git+file:///tmp/parcels@c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    files: 12,
  },
  result: {
    commit: 'c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01',
    ref: `refs/agentnexus/${mission}`,
    branch: 'agentnexus/parcels',
    reason: null,
  },
  failures: [{ task: 'component:parcel-desk', reason: 'QA_TEST_FAILED\nexpected 1, got 2' }],
};

const { kind: _, ...missionFields } = sampleMission;

const item = {
  artifactId: mission,
  path: 'src/contracts/parcel.ts',
  type: 'code',
  checksum: digest,
  uri: 'urn:sha256:0',
  reviewer: 'qa',
  task: 'contract:parcel',
  validation: 'pass',
  coverage: 0.875,
  entries: { artifact: 3, statements: [4], validations: [5] },
} as const;
const evidenceItem = { ...item, entries: { artifact: 3, statements: [4], validations: [5] } };

/** One view of each kind, with every field that there can be. */
export const SAMPLE_VIEWS: readonly View[] = [
  samplePlan,
  { kind: 'Validation', specification, valid: true, diagnostics: [diagnostic], coverage },
  {
    ...sampleMission,
    unchanged: true,
    detached: { pid: 4711, log: '/tmp/parcels/.agentnexus/runs/x.jsonl' },
    ticked: [{ task: 'work:t001', title: 'Write notes', file: 'tasks.md', line: 5, column: 4 }],
    notTicked: [{ task: 'work:t002', title: 'Think', file: 'tasks.md', line: 6, column: 4, reason: 'It failed.' }],
  },
  {
    kind: 'Merge',
    dryRun: true,
    changes: [{ name: 'x', folder: 'changes/x', archive: 'changes/archive/2026-05-01-x', tasks: { total: 2, done: 1 } }],
    specs: [
      {
        file: 'specs/auth/spec.md',
        capability: 'auth',
        state: 'updated',
        requirements: [{ operation: 'renamed', name: 'Sign-in', from: 'Login', change: 'x' }],
        diff: ['@@ -1,1 +1,1 @@', '-Login', '+Sign-in'],
      },
    ],
    passedOver: [{ name: 'y', folder: 'changes/y', reason: 'it lists no task' }],
    notes: [{ change: 'x', file: 'changes/x/specs/auth/spec.md', line: 3, message: 'It is there already.' }],
  },
  {
    kind: 'ApprovalList',
    items: [
      { mission, task: 'gate', title: 'Gate', question: null, asks: 'to start', agent: null, action: null, expires: null },
      {
        mission,
        task: 'work:t001',
        title: 'Do it',
        question: 'q1',
        asks: 'to run npm publish',
        agent: 'codex/work:t001/1',
        action: { kind: 'run', argv: ['npm', 'publish'] },
        expires: later,
      },
    ],
  },
  {
    kind: 'MissionList',
    items: [{ id: mission, specification, state: 'running', priority: 'P1', reason: null, startedAt: at, finishedAt: null }],
    next: null,
  },
  {
    ...missionFields,
    kind: 'Status',
    milestones: [{ title: 'Contracts', total: 2, settled: 1, state: 'running' }],
    items: [
      {
        id: 'contract:parcel',
        title: 'Contract Parcel',
        kind: 'contract',
        state: 'succeeded',
        attempt: 1,
        reason: null,
        startedAt: at,
        finishedAt: later,
      },
    ],
  },
  {
    kind: 'Logs',
    items: [{ seq: 3, at, entry: 'task.failed', mission, task: 'contract:parcel', data: { attempt: 1, reason: 'no' } }],
  },
  {
    kind: 'Graph',
    mission,
    specification,
    tasks: [
      {
        id: 'contract:parcel',
        sourceId: 'contract:parcel',
        title: 'Contract Parcel',
        kind: 'contract',
        milestone: 'Contracts',
        priority: 'P1',
        optional: false,
        level: 1,
        needs: [{ task: 'scaffold', kind: 'structural', because: 'everything stands on it' }],
      },
    ],
  },
  {
    kind: 'Explanation',
    mission,
    task: 'contract:parcel',
    title: 'Contract Parcel',
    state: 'succeeded',
    because: 'It ran because fragment changed.',
    attempt: 2,
    feedback: '- QA_TEST_FAILED parcel.ts: expected 1, got 2',
    key: digest,
    inputs: { fragment: digest, agent: 'compiler 1' },
    changes: [
      { input: 'fragment', before: digest, after: sha256('x') },
      { input: 'agent', after: 'compiler 1' },
    ],
    comparedWith: mission,
    needs: [{ task: 'scaffold', kind: 'structural', because: 'everything stands on it' }],
    outputs: [{ path: 'src/contracts/parcel.ts', digest }],
  },
  { kind: 'Report', ...largeReport({ tasks: 12 }), written: { path: '/tmp/report.html', format: 'html', bytes: 123 } },
  { kind: 'EvidenceList', mission, items: [evidenceItem] },
  {
    kind: 'Evidence',
    item: evidenceItem,
    mission,
    statements: [
      { seq: 4, name: 'provenance', predicateType: 'https://slsa.dev/provenance/v1', bundle: digest, subjects: 2, statement: {} },
    ],
    validations: [{ reportId: mission, result: 'pass' }],
  },
  {
    kind: 'Export',
    mission,
    path: '/tmp/parcels/evidence',
    files: 40,
    bytes: 123456,
    keys: { signing: digest, log: 'log+1234+abcd' },
  },
  {
    kind: 'Verification',
    target: '/tmp/parcels/evidence',
    result: 'failed',
    missions: [{ id: mission, state: 'succeeded', gate: { result: 'pass', reasons: [] } }],
    checked: { statements: 12, signatures: 12, proofs: 24, artifacts: 11 },
    removed: [
      {
        entry: 41,
        at: '2026-01-02T03:04:05.678Z',
        mission: '0198c0de-0000-7000-8000-000000000001',
        rule: 'payloads older than 90d',
        digests: [`sha256:${'ab'.repeat(32)}`],
      },
    ],
    failures: [{ subject: 'artifacts/0', code: 'STORE_CORRUPT', message: 'It does not match its digest.' }],
    omitted: 3,
    trust: [{ use: 'log', fingerprint: digest, from: 'folder' }],
    identities: [{ subject: 'https://ci.example/build', issuer: 'https://issuer.example', from: 'root' }],
  },
  {
    kind: 'Record',
    seq: 3,
    leafHash: '47DEQpj8',
    checkpoint: 'log.example\n12\n47DEQpj8\n\n— log.example abcd\n',
    proof: 'c2sp.org/tlog-proof@v1\nindex 3\n',
    entry: { logIndex: '3' },
    bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' },
  },
  { kind: 'TrustedRoot', origin: 'log.example', trustedRoot: { tlogs: [] } },
  {
    kind: 'Checkpoint',
    origin: 'log.example',
    size: 12,
    rootHash: '47DEQpj8',
    note: 'log.example\n12\n47DEQpj8\n\n— log.example abcd\n',
  },
  { kind: 'Proof', seq: 3, leafHash: '47DEQpj8', proof: 'c2sp.org/tlog-proof@v1\nindex 3\n', entry: { kind: 'task.failed' } },
  {
    kind: 'Fsck',
    result: 'damaged',
    entries: 12,
    tiles: 1,
    checkpoints: 4,
    unsigned: 2,
    faults: [{ subject: 'entry 3', code: 'LOG_CORRUPT', message: 'Its hash differs.' }],
  },
  {
    kind: 'Publication',
    origin: 'log.example',
    target: 'dir:/tmp/public',
    size: 12,
    before: 3,
    files: 4,
    witnesses: ['witness.example'],
    note: 'log.example\n12\n47DEQpj8\n\n— log.example abcd\n',
  },
  { kind: 'Cosignature', witness: 'witness.example', at, size: 12, note: 'log.example\n12\n47DEQpj8\n' },
  {
    kind: 'Query',
    columns: ['path', 'coverage'],
    rows: [
      ['a,"b".ts', 0.5],
      ['c.ts', null],
    ],
    truncated: true,
  },
  {
    kind: 'PolicyEvaluation',
    mission,
    result: 'fail',
    policy: { source: 'policy/', digest },
    engine: { name: 'embedded', version: '1.22.2' },
    input: digest,
    findings: [
      { level: 'deny', message: 'a.js: no provenance', rule: 'provenance', path: 'a.js' },
      { level: 'warn', message: 'old', rule: null, path: null },
    ],
    document: { product: {} },
  },
  {
    kind: 'PolicyTest',
    policy: { source: 'default', digest },
    result: 'fail',
    passed: 0,
    failed: 1,
    skipped: 0,
    tests: [
      { name: 'data.x.test_a', file: 'x_test.rego', row: 3, result: 'error', message: 'it divides by zero', printed: ['1'] },
    ],
  },
  { kind: 'Sbom', mission, format: 'cyclonedx', tool: 'agentnexus', digest, document: { bomFormat: 'CycloneDX' } },
  {
    kind: 'Promotion',
    id: '0199a3c2-7f11-8a0b-8a0b-0123456789ab',
    mission,
    target: 'github:owner/repository',
    state: 'waiting',
    reason: 'Merge https://github.example/owner/repository/pull/1, then run the same command again.',
    steps: [
      { name: 'repository', what: 'look at owner/repository', state: 'before' },
      { name: 'pull', what: 'open a pull request', state: 'done' },
      { name: 'merge', what: 'wait until a person has merged it', state: 'open' },
    ],
    url: 'https://github.example/owner/repository/pull/1',
  },
  {
    kind: 'Prune',
    dryRun: true,
    workspace: '/tmp/parcels/.agentnexus',
    store: { files: 120, bytes: 1_234_567 },
    kept: { files: 100, bytes: 1_200_000 },
    removed: { files: 15, bytes: 30_000 },
    payloads: { files: 3, bytes: 900, missions: 1 },
    left: { files: 5, bytes: 4_567 },
    uploads: { files: 4, bytes: 9_000 },
    temporary: { files: 2, bytes: 12 },
    limit: 1_000_000,
    over: 200_000,
  },
  {
    kind: 'Probe',
    result: 'passed',
    mission: '0198c0de-0000-7000-8000-000000000001',
    milliseconds: 9000,
    failures: [],
  },
  {
    kind: 'Token',
    id: '0198c0de-0000-7000-8000-000000000009',
    name: 'ann/fixer',
    token: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
    scopes: ['missions:read'],
    missions: ['0198c0de-0000-7000-8000-000000000001'],
    expiresAt: '2026-05-01T10:05:00.000Z',
  },
  { kind: 'TokenRevoked', id: '0198c0de-0000-7000-8000-000000000009' },
  {
    kind: 'RemoteLogin',
    name: 'lab',
    url: 'https://agents.example',
    as: 'ann',
    expiresAt: '2026-05-01T10:05:00.000Z',
    renewed: true,
  },
  { kind: 'RemoteList', items: [{ name: 'lab', url: 'https://agents.example' }] },
  ...SAMPLES_OF_AGENTS,
  { kind: 'Doctor', healthy: false, checks: [{ name: 'git', status: 'warning', message: 'not found', hint: 'Install git.' }] },
  sampleQaRun,
  { kind: 'Init', path: '/tmp/parcels', files: ['spec.md'], template: 'native' },
];
