import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import schema from '../../../schemas/predicates/agent-run-v0.1.schema.json' with { type: 'json' };
import { sha256 } from '../../../src/base/digest.ts';
import { compileSchema } from '../../../src/base/schema.ts';
import type { Entry } from '../../../src/runtime/log/entry.ts';
import type { AgentEvent } from '../../../src/runtime/policy/agent-event.ts';
import { AGENT_RUN, ChronicleFold } from '../../../src/runtime/vault/agent-run.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { unverifiedStatement } from '../../../src/runtime/vault/unverified-statement.ts';
import { verifyExport } from '../../../src/runtime/vault/verify-export.ts';
import { verifyWorkspace } from '../../../src/runtime/vault/verify-workspace.ts';
import { MISSION, openWorkspace, runMission, type Variation } from './sample-mission.ts';

const valid = compileSchema(JSON.parse(JSON.stringify(schema)));

const lifecycle = (name: 'spawned' | 'retired' | 'escalated'): AgentEvent => ({
  kind: 'agent.lifecycle',
  event: { agentId: 'model/T1/1', lifecycle: name, capabilityProfile: 'author', energyBudget: 1 },
});

const exchange = (number: number, model = 'gpt'): AgentEvent => ({
  kind: 'agent.exchange',
  agent: 'model/T1/1',
  model,
  exchange: number,
  request: sha256(`request ${number}`),
  response: sha256(`response ${number}`),
  usage: { input: 10, output: 2, energy: 1, money: 0.001 },
});

const denial: AgentEvent = {
  kind: 'agent.decision',
  agent: 'model/T1/1',
  action: { kind: 'run', argv: ['curl'] },
  decision: { verdict: 'deny', rule: 'nothing' },
};

const EVENTS = [lifecycle('spawned'), exchange(1), denial, exchange(2), exchange(3, 'other'), lifecycle('retired')];

async function verified(variation: Variation) {
  using workspace = await openWorkspace();
  const words = [1, 2, 3].flatMap((number) => [`request ${number}`, `response ${number}`]);
  await workspace.store.putMany(words.map((word) => Buffer.from(word)));
  await runMission(workspace, { events: EVENTS, ...variation });
  const out = join(workspace.dir, 'export');
  await exportMission(workspace, MISSION, out);
  const { log, store, signingKey, logKey } = workspace;
  const fsck = { entries: log.size, tiles: 0, checkpoints: 0, faults: [], unsigned: 0 };
  const source = { log, fsck, store, signingKeys: [signingKey.publicKey], logKey };
  const failures = (found: { failures: { subject: string; code: string }[] }) =>
    found.failures.map(({ subject, code }) => `${code} ${subject.split('/').at(-1)}`);
  return { export: failures(await verifyExport(out)), workspace: failures(await verifyWorkspace(source)) };
}

async function runStatement(events = EVENTS): Promise<Statement> {
  using workspace = await openWorkspace();
  let run: Statement | undefined;
  const sign: Variation['sign'] = (name, made) => {
    if (name === 'T1.run-1') run = made;
    return made;
  };
  await runMission(workspace, { events, sign });
  if (run === undefined) throw new Error('no run was signed');
  return run;
}

describe('the statement of a run', () => {
  it('names each step, sums up what models were asked, and is about what was left and said', async () => {
    const { predicateType, predicate, subject } = await runStatement();
    expect(predicateType).toBe(AGENT_RUN);
    expect(valid(predicate)).toEqual({ valid: true });
    expect(predicate).toMatchObject({
      chronicle: {
        entries: 4,
        steps: ['agent.exchange', 'agent.decision', 'agent.exchange', 'agent.exchange'].map((kind) => ({ kind })),
      },
      models: [
        { name: 'gpt', exchanges: 2, usage: { input: 20, output: 4, energy: 2, money: 0.002 } },
        { name: 'other', exchanges: 1 },
      ],
    });
    expect(subject.map(({ name }) => name)).toEqual([
      'README.md',
      'src/add.ts',
      'test/add.test.ts',
      '.agentnexus/chronicle.jsonl',
      '.agentnexus/transcript',
    ]);
  });

  it('says the digest of its chronicle as whoever has the leaves can make it', async () => {
    using workspace = await openWorkspace();
    await runMission(workspace, { events: EVENTS });
    const { log, store } = workspace;
    const steps = [...log.entries()].filter((each) => ['agent.exchange', 'agent.decision'].includes(each.kind));
    const text = steps.map(({ seq }) => `${log.leafBody(seq).toString()}\n`).join('');
    const record = [...log.entries({ kinds: ['statement.recorded'] })].find(({ data }) => data['name'] === 'T1.run-1');
    const { subject } = unverifiedStatement(store.get(record?.data['bundle'] as `sha256:${string}`)) as unknown as Statement;
    expect(subject).toContainEqual({
      name: '.agentnexus/chronicle.jsonl',
      digest: { sha256: sha256(text).slice('sha256:'.length) },
    });
  });

  it('keeps its size where there are many steps', () => {
    const fold = new ChronicleFold();
    const entry = (seq: number): Entry => ({ seq, kind: 'agent.decision', at: '2026-01-01T00:00:00.000Z', data: { seq } });
    for (let seq = 0; seq < 1_000; seq++) fold.add(entry(seq));
    expect(fold.result().chronicle).toMatchObject({ entries: 1_000, steps: { length: 1_000 } });
    fold.add(entry(1_000));
    expect(fold.result().chronicle).toEqual({ entries: 1_001, digest: expect.anything() });
  });
});

describe('what a run says', () => {
  const changed = (change: (made: Statement) => Partial<Statement>): Variation => ({
    sign: (name, made) => (name === 'T1.run-1' ? { ...made, ...change(made) } : made),
  });

  it('holds, in an export and in the workspace', async () => {
    expect(await verified({})).toEqual({ export: [], workspace: [] });
  });

  it.for<[string, Variation, string]>([
    [
      'of models, where the log says something else',
      changed(({ predicate }) => ({ predicate: { ...predicate, models: [] } })),
      'VERIFY_RUN T1.run-1',
    ],
    ['of its steps, where the log has one more', changed(withoutLastStep), 'VERIFY_RUN T1.run-1'],
    [
      'about other files than the provenance that names it',
      changed(({ subject: [first, ...others] }) => ({ subject: [{ ...first!, name: 'other.md' }, ...others] })),
      'VERIFY_RUN T1.provenance',
    ],
    [
      'and that it is a run at all',
      changed(({ predicate }) => ({ predicate: { ...predicate, attempt: 'first' } })),
      'VERIFY_RUN T1.run-1',
    ],
    [
      'where it is not on record',
      { record: (draft) => (draft.data['name'] === 'T1.run-1' ? undefined : draft) },
      'VERIFY_INCOMPLETE T1.provenance',
    ],
  ])('does not hold %s', async ([, variation, failure]) => {
    const found = await verified(variation);
    expect(found.export).toContain(`${failure}.sigstore.json`);
    expect(found.workspace).toContain(failure);
  });

  it('stands where the result was taken from another mission, whose log has its steps', async () => {
    const elsewhere = changed(({ predicate }) => ({ predicate: { ...predicate, mission: MISSION.replace(/1$/, '2') } }));
    expect(await verified({ ...elsewhere, record: (draft) => (draft.kind.startsWith('agent.') ? undefined : draft) })).toEqual({
      export: [],
      workspace: [],
    });
  });
});

function withoutLastStep({ predicate }: Statement): Partial<Statement> {
  const { chronicle, ...rest } = predicate as { chronicle: { entries: number } };
  return { predicate: { ...rest, chronicle: { ...chronicle, entries: chronicle.entries - 1 } } };
}
