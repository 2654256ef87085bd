import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Digest, sha256 } from '../../../src/base/digest.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { openKeyFile } from '../../../src/runtime/log/key-file.ts';
import { type Log, openLog } from '../../../src/runtime/log/log.ts';
import { type NoteSigner, noteSigner } from '../../../src/runtime/log/signed-note.ts';
import type { AgentEvent } from '../../../src/runtime/policy/agent-event.ts';
import { agentEvent } from '../../../src/runtime/mission/agent-records.ts';
import { agentRun, ChronicleFold } from '../../../src/runtime/vault/agent-run.ts';
import type { Artifact, ArtifactType, Tree } from '../../../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { artifactEvidence, artifactIdOf, validationReport } from '../../../src/runtime/vault/evidence.ts';
import { decideGate, GATE_POLICY, type NamedStatement } from '../../../src/runtime/vault/gate.ts';
import { provenance, type ProvenanceInput } from '../../../src/runtime/vault/provenance.ts';
import {
  artifactRecorded,
  gateDecided,
  missionFinished,
  statementRecorded,
  validationRecorded,
} from '../../../src/runtime/vault/records.ts';
import { openStatementSigner, type StatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey, type SigningKey } from '../../../src/runtime/vault/signing-key.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { testResult } from '../../../src/runtime/vault/test-result.ts';
import { storeTree } from '../../../src/runtime/vault/tree-listing.ts';
import { verificationSummary } from '../../../src/runtime/vault/verification-summary.ts';
import { openBundleVerifier } from '../../../src/runtime/vault/verify-bundle.ts';

const AT = '2026-01-02T03:04:05.678Z';
const CLOCK = { now: () => Date.parse(AT) };
export const MISSION = '0198a000-0000-7000-8000-000000000001';

/** A workspace as Mission Control leaves it, made of the real parts. */
export interface Workspace {
  dir: string;
  log: Log;
  store: ContentStore;
  signingKey: SigningKey;
  signer: StatementSigner;
  logKey: NoteSigner;
  /** Trusted roots that certificates of `signer` count under. */
  roots?: readonly string[];
  [Symbol.dispose](): void;
}

export async function openWorkspace(): Promise<Workspace> {
  const dir = mkdtempSync(join(tmpdir(), 'vault-'));
  const logKey = noteSigner('agentnexus.dev/test', openKeyFile(join(dir, 'keys', 'log.pem'), 'ed25519'));
  const signingKey = openSigningKey(join(dir, 'keys', 'signing.pem'));
  const log = openLog(dir, { mode: 'write', clock: CLOCK, signer: logKey });
  const store = openContentStore(dir, { writer: true });
  const signer = await openStatementSigner(signingKey);
  return {
    dir,
    log,
    store,
    signingKey,
    signer,
    logKey,
    [Symbol.dispose]() {
      log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const FILES: Readonly<Record<string, { content: string; type: ArtifactType }>> = {
  'README.md': { content: '# Sample\n', type: 'analysis' },
  'src/add.ts': { content: 'export const add = (a: number, b: number) => a + b;\n', type: 'code' },
  'test/add.test.ts': { content: "it('adds', () => expect(add(1, 2)).toBe(3));\n", type: 'test' },
};

async function storeFiles(store: ContentStore, files: typeof FILES = FILES): Promise<Tree> {
  const paths = Object.keys(files).toSorted();
  const digests = await store.putMany(paths.map((path) => Buffer.from(files[path]?.content ?? '')));
  return paths.map((path, i): Artifact => {
    const { content = '', type = 'code' } = files[path] ?? {};
    return { path, digest: digests[i] ?? sha256(content), size: Buffer.byteLength(content), type };
  });
}

export function provenanceOf(outputs: Tree, task = 'T1', further: Partial<ProvenanceInput> = {}): Statement {
  return provenance({
    ...further,
    outputs,
    mission: MISSION,
    task,
    attempt: 1,
    specification: { id: 'sample', digest: sha256('specification') },
    fragment: sha256('fragment'),
    agent: { name: 'compiler', version: '1.0.0' },
    profile: 'builder',
    needs: new Map([['T0', sha256('needed')]]),
    startedOn: AT,
    finishedOn: AT,
    builderVersion: '0.1.0',
  });
}

export function testsOf(subjects: Tree, result: 'pass' | 'fail' = 'pass'): Statement {
  const passed = result === 'pass' ? ['adds'] : [];
  const failed = result === 'pass' ? [] : ['adds'];
  return testResult({ subjects, result, suite: 'jest', tools: { jest: '30.5.2', node: '24.21.0' }, passed, failed });
}

export function summaryOf(tree: Tree, inputs: ReadonlyMap<string, Digest>, result: 'pass' | 'fail' = 'pass'): Statement {
  const policy = { uri: GATE_POLICY };
  return verificationSummary({ mission: MISSION, tree, result, timeVerified: AT, policy, inputs, verifierVersion: '0.1.0' });
}

/** An agent's run, whose steps it writes down first. */
async function runOf(
  outputs: Tree,
  given: { log: Log; mission: string; events: readonly AgentEvent[]; append: (draft: EntryDraft) => Promise<void> },
): Promise<Statement> {
  const { log, mission, events, append } = given;
  const task = { mission, task: 'T1', title: 'T1', kind: 'work' } as const;
  for (const event of events) await append(agentEvent(task, { attempt: 1, event }));
  const fold = new ChronicleFold();
  for (const entry of log.entries({ mission })) fold.add(entry);
  const made = agentRun({
    ...fold.result(),
    outputs,
    removed: [],
    transcript: sha256('transcript'),
    mission,
    task: 'T1',
    attempt: 1,
    agent: { name: 'model', version: '1' },
    profile: { name: 'author', digest: sha256('profile') },
    brief: sha256('brief'),
    sandbox: 'srt',
    replayOf: undefined,
    usage: { tokens: 12, energy: 1 },
    outcome: 'accepted',
    startedOn: AT,
    finishedOn: AT,
  });
  if (made === undefined) throw new Error('a run about nothing');
  return made;
}

/** What a test may have Mission Control do otherwise. */
export interface Variation {
  mission?: string;
  files?: typeof FILES;
  /** Result of the tests; `fail` by default makes the gate fail too, and not the mission. */
  tests?: 'pass' | 'fail';
  state?: 'succeeded' | 'failed';
  /** Its agent is a program of its own, and this is what happens to it. */
  events?: readonly AgentEvent[];
  /** Changes statements before they are signed. */
  sign?: (name: string, statement: Statement) => Statement;
  /** Changes entries before they are logged, or leaves them out. */
  record?: (draft: EntryDraft) => EntryDraft | undefined;
}

/** Runs a small mission to its end and returns its product. */
export async function runMission(workspace: Workspace, variation: Variation = {}): Promise<Tree> {
  const { log, store, signer, signingKey, roots = [] } = workspace;
  const { mission = MISSION, files = FILES, tests = 'pass', state = 'succeeded' } = variation;
  const { sign = (_, statement) => statement, record = (draft) => draft, events } = variation;
  const task = { mission, task: 'T1' };
  const tree = await storeFiles(store, files);
  await storeTree(store, tree);
  const verifier = await openBundleVerifier([signingKey.publicKey], { roots });
  const bundles = new Map<string, Digest>();
  const statements: NamedStatement[] = [];
  const append = async (...drafts: EntryDraft[]) => void (await log.append(drafts.flatMap((draft) => record(draft) ?? [])));

  async function seal(name: string, statement: Statement): Promise<Digest> {
    const bytes = await signer.sign(sign(name, statement));
    const bundle = await store.put(bytes);
    const check = verifier.verify(bytes);
    if (check.valid) statements.push({ name, verified: check.verified });
    bundles.set(name, bundle);
    const { predicateType, subject } = statement;
    await append(statementRecorded(task, { name, predicateType, bundle, subjects: subject.length }));
    return bundle;
  }

  await append({ kind: 'mission.created', mission, data: { specification: sha256('specification') } });
  await append({ kind: 'task.started', ...task, data: { attempt: 1 } });
  await append(
    ...tree.map((artifact) => {
      const evidence = artifactEvidence(mission, artifact, 'qa/jest');
      return artifactRecorded(task, { path: artifact.path, size: artifact.size, evidence });
    }),
  );
  const run = events && (await seal('T1.run-1', await runOf(tree, { log, mission, events, append })));
  await seal('T1.provenance', provenanceOf(tree, 'T1', run === undefined ? {} : { byproducts: new Map([['agent-run', run]]) }));
  const judged = tree.filter(({ type }) => type !== 'analysis');
  await seal('T1.tests', testsOf(judged, tests));
  await append(
    ...judged.map((artifact) => {
      const artifactId = artifactIdOf(mission, artifact);
      return validationRecorded(
        task,
        validationReport({ artifactId, suite: 'jest', result: tests, coverage: 0.9, generatedAt: AT }),
      );
    }),
  );
  const decision = decideGate({ tree, statements });
  await seal('gate', summaryOf(tree, new Map(bundles), decision.result));
  await append(gateDecided({ mission, task: 'gate' }, decision, tree));
  await append(missionFinished(mission, { state, tree, statements: [...bundles.values()] }));
  return tree;
}
