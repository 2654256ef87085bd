import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Log } from '../../../src/runtime/log/log.ts';
import { recordApprovals } from '../../../src/runtime/mission/approvals.ts';
import { wordSaid } from '../../../src/runtime/mission/records.ts';
import { APPROVAL } from '../../../src/runtime/vault/approval.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { MISSION_FINISHED, readStatement, STATEMENT_RECORDED } from '../../../src/runtime/vault/records.ts';
import { openStatementSigner, type StatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { unverifiedStatement } from '../../../src/runtime/vault/unverified-statement.ts';
import { aTask } from './a-task.ts';
import { leave, type MissionBench, missionBench } from './mission-bench.ts';

const TASKS = [aTask('a'), aTask('b', { needs: [{ task: 'a', kind: 'structural', because: 'it must' }] })];
const WAITS = { settings: { approvals: [{ task: 'b' }] } };

let bench: MissionBench;
let signer: StatementSigner;
beforeEach(async () => {
  bench = missionBench();
  signer = await openStatementSigner(openSigningKey(join(bench.dir, 'keys', 'signing.key')));
});
afterEach(() => bench.remove());

/** All approvals on record. */
const approvals = () =>
  bench.inLog((log, store) =>
    [...log.entries({ kinds: [STATEMENT_RECORDED] })].flatMap((entry) => {
      const record = readStatement(entry);
      return record?.predicateType === APPROVAL ? [unverifiedStatement(store.get(record.bundle))] : [];
    }),
  );

/** The word, and nothing behind it: as a process leaves it that dies before it has signed. */
const word = (mission: string, kind: 'approve' | 'reject') =>
  wordSaid(kind, { mission, task: aTask('b') }, { request: 'r1', by: 'ann', face: 'cli' });

it('a word whose statement was never written is signed when the mission is taken up, and not again', async () => {
  const { mission } = await bench.apply(TASKS, { ...WAITS, signer });
  expect(mission.state).toBe('waiting');
  await bench.inLog((log) => log.append([word(mission.id, 'approve')]));
  expect(approvals()).toEqual([]);
  const end = await bench.apply(TASKS, { ...WAITS, signer });
  expect(end.mission).toMatchObject({ id: mission.id, state: 'succeeded' });
  expect(approvals()).toMatchObject([{ predicate: { decision: 'approve', request: 'r1', about: { kind: 'task' } } }]);
});

it('a word that came while the mission ran is signed before its end is sealed', async () => {
  let log: Log | undefined;
  bench.script.set('a', async (attempt) => {
    await log?.append([word(attempt.mission, 'reject')]);
    return { outcome: 'failed', reason: 'no', evidence: [] };
  });
  const settings = { budget: { task: { attempts: 1 } } };
  const { mission } = await bench.apply(TASKS, { settings, signer, onOpen: (parts) => void ({ log } = parts) });
  expect(mission.state).toBe('failed');
  expect(approvals()).toMatchObject([{ predicate: { decision: 'deny' } }]);
  const kinds = [STATEMENT_RECORDED, MISSION_FINISHED];
  expect(bench.inLog((read) => [...read.entries({ kinds })].map(({ kind }) => kind))).toEqual(kinds);
});

it('is recorded once, however many sign it at the same time', async () => {
  let log: Log | undefined;
  const store = openContentStore(bench.dir, { writer: true });
  bench.script.set('a', async (attempt) => {
    if (log === undefined) throw new Error('there is no log');
    await log.append([word(attempt.mission, 'approve')]);
    const sign = recordApprovals.bind(undefined, attempt.mission, { log, store, signer });
    await Promise.all([sign(), sign()]);
    await sign();
    return leave(attempt, store);
  });
  await bench.apply(TASKS, { ...WAITS, signer, onOpen: (parts) => void ({ log } = parts) });
  expect(approvals()).toHaveLength(1);
});

it('a question names the files that its task would begin with, and is put anew when those are others', async () => {
  const asked = () => bench.inLog((log) => [...log.entries({ kinds: ['approval.asked'] })].map(({ data }) => data['product']));
  const outputs = () => bench.inLog((log) => [...log.entries({ kinds: ['task.succeeded'] })].map(({ data }) => data['output']));
  await bench.apply(TASKS, WAITS);
  await bench.apply(TASKS, WAITS);
  expect(asked()).toEqual(outputs());
  expect(asked()).toHaveLength(1);
  bench.script.set('a', (attempt) => leave(attempt, openContentStore(bench.dir, { writer: true }), 'other'));
  await bench.apply(TASKS, { ...WAITS, performerOf: () => ({ name: 'script', version: '2' }) });
  expect(asked()).toEqual(outputs());
  expect(new Set(asked()).size).toBe(2);
});
