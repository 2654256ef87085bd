import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Entry } from '../../../src/runtime/log/entry.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { approval, approvalName, type ApprovalWord, readApprovalWord } from '../../../src/runtime/vault/approval.ts';
import { approvalRecorded, type MissionState, missionFinished, statementRecorded } from '../../../src/runtime/vault/records.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { verifyWorkspace } from '../../../src/runtime/vault/verify-workspace.ts';
import { predicateFaults } from '../../support/predicate-faults.ts';
import { MISSION, openWorkspace, type Workspace } from './sample-mission.ts';

const specification = { id: 'sample', digest: sha256('specification') };
const PRODUCT = sha256('product');

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace();
  await append('mission.created', { specification });
});
afterEach(() => workspace[Symbol.dispose]());

async function append(kind: string, data: JsonObject, task?: string): Promise<Entry> {
  const [seq] = await workspace.log.append([{ kind, mission: MISSION, ...(task !== undefined && { task }), data }]);
  if (seq === undefined) throw new Error('nothing was appended');
  return workspace.log.entry(seq);
}

const WORD = { request: 'r1', by: 'ann', face: 'cli', note: 'fine', title: 'Gate', taskKind: 'gate', product: PRODUCT };

async function said(kind: 'approve' | 'reject', more: JsonObject = {}, task = 'gate'): Promise<ApprovalWord> {
  const word = readApprovalWord(await append(`word.${kind}`, { ...WORD, ...more }, task));
  if (word === undefined) throw new Error('it is no word');
  return word;
}

async function sign(word: ApprovalWord, { asked, lie }: { asked?: Entry; lie?: (statement: Statement) => Statement } = {}) {
  const { log, store, signer } = workspace;
  const honest = approval(word, { mission: MISSION, specification, asked });
  const statement = lie?.(honest) ?? honest;
  const bundle = await store.put(await signer.sign(statement));
  const record = {
    name: approvalName(word),
    predicateType: statement.predicateType,
    bundle,
    subjects: statement.subject.length,
  };
  await log.append([approvalRecorded({ mission: MISSION, task: word.task }, record, word.request)]);
  return statement;
}

const end = (state: MissionState = 'failed') =>
  workspace.log.append([missionFinished(MISSION, { state, tree: [], statements: [] })]);

/** What is found wrong with approvals; this mission has no product, and nothing else of it counts. */
async function faults(): Promise<string[]> {
  const { dir, log, store, signingKey, logKey } = workspace;
  const source = { log, store, logKey, signingKeys: [signingKey.publicKey], fsck: fsck(dir, { verifier: logKey }) };
  const { failures } = await verifyWorkspace(source, { mission: MISSION });
  return failures.filter(({ code }) => code === 'VERIFY_APPROVAL').map(({ subject, message }) => `${subject}: ${message}`);
}

describe('a statement of an approval', () => {
  it.each([
    ['a yes at the gate', 'approve', {}, { about: { kind: 'gate' }, decision: 'approve', reason: 'fine' }],
    ['a no to a task', 'reject', { taskKind: 'work' }, { about: { kind: 'task' }, decision: 'deny' }],
    ['the word of an agent', 'approve', { face: 'mcp', note: '' }, { approver: { name: 'ann', actor: 'agent', face: 'mcp' } }],
  ] as const)('says of %s who, what and when, as its schema has it', async (_, kind, more, predicate) => {
    const word = await said(kind, more);
    const statement = await sign(word);
    expect(predicateFaults(statement)).toEqual([]);
    expect(statement.predicate).toMatchObject({ ...predicate, decidedOn: word.entry.at, mission: `urn:uuid:${MISSION}` });
    expect(statement.subject).toEqual([
      { name: '.agentnexus/specification', digest: { sha256: specification.digest.slice(7) } },
      { name: '.agentnexus/product.json', digest: { sha256: PRODUCT.slice(7) } },
    ]);
    expect(await faults()).toEqual([]);
  });

  it('holds the action that an agent asked for, as it was shown', async () => {
    const action = { kind: 'run', argv: ['npm', 'publish'] };
    const put = {
      question: 'q1',
      agent: 'a/T1/1',
      attempt: 1,
      action,
      asks: 'to run npm publish',
      rule: 'author asks about run',
    };
    const asked = await append('question.asked', put, 'T1');
    const word = await said('approve', { question: 'q1', taskKind: 'work' }, 'T1');
    const statement = await sign(word, { asked });
    expect(predicateFaults(statement)).toEqual([]);
    const { question: id, ...shown } = put;
    expect(statement.predicate['about']).toMatchObject({ kind: 'action', question: { id, ...shown } });
    expect(approvalName(word)).toBe('T1.approval.q1');
    expect(await faults()).toEqual([]);
  });
});

describe('verifying approvals', () => {
  it('misses the statement of a word, once its mission has ended', async () => {
    await said('approve');
    expect(await faults()).toEqual([]);
    await end();
    expect(await faults()).toEqual([
      `${MISSION}/evidence/gate.approval: entry 1 is a word.approve of ann, and no statement says so`,
    ]);
  });

  it('does not ask for one of a mission that was cancelled, or of words that older versions have written', async () => {
    await append('word.approve', { request: 'r0', by: 'ann', title: 'Gate', taskKind: 'gate' }, 'gate');
    await said('approve');
    await end('cancelled');
    expect(await faults()).toEqual([]);
  });

  it.each([
    ['decision', { decision: 'deny' }],
    ['approver', { approver: { name: 'bob', actor: 'human', face: 'cli' } }],
    ['reason', { reason: 'not read' }],
    ['time', { decidedOn: '2020-01-01T00:00:00.000Z' }],
  ])('finds another %s than the log has', async (_, changed) => {
    const lie = (statement: Statement) => ({ ...statement, predicate: { ...statement.predicate, ...changed } });
    await sign(await said('approve'), { lie });
    expect(await faults()).toEqual([expect.stringContaining('it does not say what entry 1 does')]);
  });

  it('finds another product than the log has, and a statement that nobody has said', async () => {
    const lie = (statement: Statement) => ({ ...statement, subject: statement.subject.slice(0, 1) });
    const word = await said('approve');
    await sign(word, { lie });
    await sign({ ...word, request: 'r2', task: 'T9' });
    expect(await faults()).toEqual([
      expect.stringContaining('gate.approval: it does not say'),
      expect.stringContaining('T9.approval: no entry of the log is the word'),
    ]);
  });

  it('leaves statements alone that came with a result of another mission', async () => {
    const word = await said('approve');
    await sign(word);
    const statement = approval({ ...word, request: 'elsewhere' }, { mission: 'other', specification });
    const bundle = await workspace.store.put(await workspace.signer.sign(statement));
    const record = { name: 'T1.approval', predicateType: statement.predicateType, bundle, subjects: 2 };
    await workspace.log.append([statementRecorded({ mission: MISSION, task: 'T1' }, record)]);
    expect(await faults()).toEqual([]);
  });
});
