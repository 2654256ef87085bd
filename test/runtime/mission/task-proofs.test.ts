import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { digestOf } from '../../../src/base/digest.ts';
import { openKeyFile } from '../../../src/runtime/log/key-file.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { noteSigner } from '../../../src/runtime/log/signed-note.ts';
import { recordProvenance, recordTests } from '../../../src/runtime/mission/evidence.ts';
import type { Attempt, AttemptResult, Runner } from '../../../src/runtime/mission/runner.ts';
import { readTaskProofs, type TaskProof, type TaskProofs } from '../../../src/runtime/mission/task-proofs.ts';
import type { CheckResult } from '../../../src/runtime/qa/report.ts';
import { type Artifact, type Tree, treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import type { Task } from '../../../src/spec/model.ts';
import { aTask } from './a-task.ts';
import { type MissionBench, missionBench } from './mission-bench.ts';

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

const AT = '2026-01-02T03:04:05.678Z';
const work = (id: string, fields: Partial<Task> = {}): Task => aTask(id, { kind: 'work', ability: 'model', ...fields });

interface Doing {
  /** Path → content of what each task leaves; none by default. */
  leaves: Readonly<Record<string, Readonly<Record<string, string>>>>;
  type?: Artifact['type'];
  /** Signs nothing. */
  silent?: boolean;
  /** Whose result is signed, where it is not the task's own. */
  told?: Task;
  /** Result of the check, which covers everything there is. */
  tests?: 'PASSED' | 'FAILED';
}

/** A runner that signs what it leaves as the real one does. */
async function signing({ leaves, type = 'analysis', silent = false, told, tests }: Doing): Promise<Runner> {
  const store = openContentStore(bench.dir, { writer: true });
  const signer = await openStatementSigner(signingKey());
  const notary = { store, signer, specification: { id: 'demo', digest: digestOf('demo') } };
  const run = async (attempt: Attempt): Promise<AttemptResult> => {
    const files = Object.entries(leaves[attempt.task.id] ?? {});
    const tree: Tree = await Promise.all(
      files.map(async ([path, content]) => ({ path, digest: await store.put(Buffer.from(content)), size: content.length, type })),
    );
    if (attempt.task.kind === 'verification' && tests !== undefined) {
      const evidence = await recordTests(attempt, checked(tests), { subjects: attempt.tree(), notary, at: AT });
      return { outcome: 'succeeded', tree: [], output: treeDigest([]), evidence };
    }
    const named = told === undefined ? attempt : { ...attempt, task: { ...told, id: attempt.task.id } };
    const agent = { name: 'script', version: '1' };
    const evidence = silent ? [] : await recordProvenance(named, tree, { notary, agent, finishedAt: AT });
    return { outcome: 'succeeded', tree, output: treeDigest(tree), evidence };
  };
  return { run: (attempts) => Promise.all(attempts.map(run)) };
}

function checked(tests: 'PASSED' | 'FAILED'): CheckResult {
  const names = ['it works'];
  const [passed, failed] = tests === 'PASSED' ? [names, []] : [[], names];
  const counts = { total: 1, passed: passed.length, failed: failed.length, skipped: 0 };
  const rest = { suite: 'unit', coverage: 1, coverageByPath: new Map<string, number>(), findings: [], tools: {} };
  return { task: 'verify:a', result: tests === 'PASSED' ? 'pass' : 'fail', tests: counts, passed, failed, ...rest };
}

const signingKey = () => openSigningKey(join(bench.dir, 'keys', 'signing.key'));
const logKey = () => noteSigner('test.log', openKeyFile(join(bench.dir, 'keys', 'log.key'), 'ed25519'));

async function proofs(mission: string, fields: Partial<Parameters<typeof readTaskProofs>[1]> = {}): Promise<TaskProofs> {
  const store = openContentStore(bench.dir);
  const log = openLog(bench.dir, { mode: 'read' });
  try {
    return await readTaskProofs(mission, { log, store, logKey: logKey(), signingKeys: [signingKey().publicKey], ...fields });
  } finally {
    log.close();
  }
}

async function proofOf(task: Task, tasks: Task[], doing: Doing): Promise<TaskProof> {
  const { mission } = await bench.apply(tasks, { runner: await signing(doing) });
  return (await proofs(mission.id)).of(task);
}

const reasonOf = (proof: TaskProof): string => (proof.state === 'unproven' ? proof.reason : proof.state);

describe('readTaskProofs', () => {
  it('proves a task whose every file has a signed origin', async () => {
    const task = work('a');
    const proof = await proofOf(task, [task], { leaves: { a: { 'a.md': 'A', 'b.md': 'B' } } });
    expect(proof).toMatchObject({ state: 'proven', statements: [expect.stringMatching(/^sha256:/)] });
  });

  it('proves what was taken from the cache by the statements of then', async () => {
    const [task, other] = [work('a'), work('b')];
    const doing = { leaves: { a: { 'a.md': 'A' }, b: { 'b.md': 'B' } } };
    await bench.apply([task], { runner: await signing(doing) });
    expect(await proofOf(task, [task, other], { ...doing, silent: true })).toMatchObject({ state: 'proven' });
  });

  it('knows a task that left nothing from one that is proven', async () => {
    const task = work('a');
    expect(await proofOf(task, [task], { leaves: {} })).toEqual({ state: 'empty' });
  });

  it('proves nothing of files that no statement speaks of, or of what was done for other words', async () => {
    const task = work('a');
    const leaves = { a: { 'a.md': 'A' } };
    const bare = 'No verified statement says that a.md was made by this task as it reads now.';
    expect(reasonOf(await proofOf(task, [task], { leaves, silent: true }))).toBe(bare);
    const told = work('a', { fragment: { name: 'something easier' } });
    const again = work('a', { fragment: { name: 'again' } });
    expect(reasonOf(await proofOf(again, [again], { leaves, told }))).toBe(bare);
  });

  it('holds code to what the gate asks of it: a passed test', async () => {
    const task = work('a');
    const check = aTask('verify:a', {
      kind: 'verification',
      ability: 'qa',
      needs: [{ task: 'a', kind: 'structural', because: '' }],
    });
    const doing = { leaves: { a: { 'a.ts': 'A' } }, type: 'code' } as const;
    const refusal = 'The gate would not let its files pass: ';
    expect(reasonOf(await proofOf(task, [task], doing))).toBe(`${refusal}a.ts: no passed test result for this content.`);
    const failed = await proofOf(task, [task, check], { ...doing, tests: 'FAILED' });
    expect(reasonOf(failed)).toContain(`${refusal}verify:a.tests: the test result is "FAILED"`);
    const changed = work('a', { fragment: 'new' });
    const better = { ...doing, leaves: { a: { 'a.ts': 'better' } }, tests: 'PASSED' } as const;
    expect(await proofOf(changed, [changed, check], better)).toMatchObject({ state: 'proven' });
  });

  it('says how a task stands that is not done', async () => {
    const [a, b] = [work('a'), work('b', { needs: [{ task: 'a', kind: 'explicit', because: '' }] })];
    bench.script.set('a', () => ({ outcome: 'failed', reason: 'it would not', evidence: [] }));
    const { mission } = await bench.apply([a, b]);
    const found = await proofs(mission.id);
    expect([a, b, work('c')].map((task) => reasonOf(found.of(task)))).toEqual([
      'It failed.',
      'It was skipped, because something it needs failed.',
      'The mission has not come to it.',
    ]);
  });

  it('trusts no key but those given, no log but the signed one, and no content that was changed', async () => {
    const task = work('a');
    const { mission, product } = await bench.apply([task], { runner: await signing({ leaves: { a: { 'a.md': 'A' } } }) });
    const stranger = openSigningKey(join(bench.dir, 'keys', 'stranger.key')).publicKey;
    const asked = async (fields: Parameters<typeof proofs>[1]): Promise<string> =>
      reasonOf((await proofs(mission.id, fields)).of(task));
    expect(await asked({ signingKeys: [stranger] })).toContain('No verified statement');
    const otherLog = noteSigner('test.log', openKeyFile(join(bench.dir, 'keys', 'other.key'), 'ed25519'));
    expect(await asked({ logKey: otherLog })).toContain('is not proven to be in the log');
    expect(await asked({})).toBe('proven');
    const path = openContentStore(bench.dir).pathOf(product?.[0]?.digest ?? 'sha256:');
    chmodSync(path, 0o644);
    writeFileSync(path, 'B');
    expect(await asked({})).toBe('The content of a.md is missing or damaged.');
  });

  it('does not believe the tables beside the log', async () => {
    const task = work('a');
    bench.script.set('a', () => ({ outcome: 'failed', reason: 'it would not', evidence: [] }));
    const { mission } = await bench.apply([task]);
    bench.inLog((log) => log.db.prepare("UPDATE task SET state = 'succeeded'").run());
    expect(reasonOf((await proofs(mission.id)).of(task))).toBe('It failed.');
  });
});
