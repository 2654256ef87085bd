import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { type Reply, type ScriptedModel, serveModel } from '../support/scripted-model/serve-model.ts';
import { folderWith, specKit } from './spec-kit-process.ts';

let model: ScriptedModel | undefined;
afterEach(async () => {
  await model?.close();
  model = undefined;
});

const BUNDLE = { 'spec/tasks.md': '# Tasks: Poem\n\n- [ ] T001 Write a poem\n- [ ] T002 Praise the poem\n' };

/** Writes what the task says, whichever it is; a hitch on the way belongs to it. */
const WORK: Reply[] = [
  { thought: 'Look.', calls: [{ name: 'read', arguments: { path: '.' } }], faults: [{ kind: 'cut' }] },
  { calls: [{ name: 'write', arguments: { path: 'PATH', content: 'roses are red\n' } }] },
  { text: 'It is done.' },
];

async function script(): Promise<ScriptedModel> {
  model = await serveModel((seen, results) => {
    const path = seen.text.includes('Praise the poem') ? 'praise.md' : 'poem.md';
    const reply = WORK[results] ?? WORK[2]!;
    const known = model!.requests.filter((request) => request.text === seen.text).length;
    const calls = reply.calls?.map((call) => ({
      ...call,
      arguments: { ...(call.arguments as object), ...('content' in (call.arguments as object) ? { path } : {}) },
    }));
    return { ...reply, ...(calls && { calls }), faults: known > 1 ? [] : (reply.faults ?? []) };
  });
  return model;
}

const env = (url: string) => ({
  AGENTNEXUS_MODEL: 'gpt-5',
  AGENTNEXUS_MODEL_URL: `${url}/v1`,
  AGENTNEXUS_MODEL_KEY: 'canary-key-of-the-server',
});

it('a mission of the model agent runs again from its recording: no server, the same tree', { timeout: 120_000 }, async () => {
  const served = await script();
  const { url, requests } = served;
  const cwd = folderWith(BUNDLE);
  const where = { cwd, env: env(url) };
  const first = await specKit(where, 'apply', 'spec', '--agent', 'model', '--unsafe-no-sandbox', '--json').ended;
  expect(first.stderr).toContain('task    ok');
  expect(first.code).toBe(0);
  const mission = JSON.parse(first.stdout) as { id: string; head: string; spent: { tokens: number } };
  expect(mission.spent.tokens).toBeGreaterThan(500);
  const asked = requests.length;
  await served.close();

  const again = await specKit(where, 'apply', 'spec', '--replay', mission.id.slice(0, 13), '--unsafe-no-sandbox', '--json').ended;
  expect(again.stderr).toContain(`The same tree as in mission ${mission.id}`);
  expect(again.code).toBe(0);
  const replayed = JSON.parse(again.stdout) as typeof mission & { tasks: { succeeded: number } };
  expect(replayed).toMatchObject({ head: mission.head, spent: { tokens: mission.spent.tokens } });
  expect(replayed.id).not.toBe(mission.id);
  expect(replayed.tasks.succeeded).toBeGreaterThanOrEqual(2);
  expect(requests).toHaveLength(asked);
  // The key of the server is in nothing that was written down.
  for (const file of ['log.db', 'log.db-wal']) expect(textOf(join(cwd, 'ws', file))).not.toContain('canary-key');
  const logs = await specKit(where, 'logs', mission.id, '--json').ended;
  expect(logs.stdout).toContain('agent.exchange');
  expect(logs.stdout).not.toContain('canary-key');

  // Another specification is another mission: the recording does not fit, and says so.
  writeFileSync(join(cwd, 'spec/tasks.md'), BUNDLE['spec/tasks.md'].replace('Write a poem', 'Write an ode'));
  const missed = await specKit(where, 'apply', 'spec', '--replay', mission.id, '--unsafe-no-sandbox').ended;
  expect(missed.code).not.toBe(0);
  expect(missed.stdout + missed.stderr).toContain('The recording has no answer to this request');
});

it(
  'what the memory said then is said again, whatever it holds by now, and nothing is added to it',
  { timeout: 120_000 },
  async () => {
    const steps: Reply[] = [
      { calls: [{ name: 'memory_search', arguments: { query: 'harbour' } }] },
      { calls: [{ name: 'memory_add', arguments: { text: 'The poem is about the harbour' } }] },
      { calls: [{ name: 'memory_search', arguments: { query: 'harbour' } }] },
      { calls: [{ name: 'write', arguments: { path: 'poem.md', content: 'six bells\n' } }] },
      { text: 'It is done.' },
    ];
    model = await serveModel((_seen, results) => steps[results] ?? steps.at(-1)!);
    const served = model;
    const cwd = folderWith({ 'spec/tasks.md': '# Tasks: Poem\n\n- [ ] T001 Write a poem about the harbour\n' });
    const where = { cwd, env: env(served.url) };
    await specKit(where, 'memory', 'add', 'The harbour opens at six').ended;
    const first = await specKit(where, 'apply', 'spec', '--agent', 'model', '--unsafe-no-sandbox', '--json').ended;
    expect(first.code).toBe(0);
    const { id } = JSON.parse(first.stdout) as { id: string };
    expect(JSON.stringify(served.requests.map(({ text }) => text))).toContain('harbour opens at six');
    await served.close();

    await specKit(where, 'memory', 'add', 'The harbour was closed in May').ended;
    const held = (await specKit(where, 'memory', 'list', '--json').ended).stdout;
    const again = await specKit(where, 'apply', 'spec', '--replay', id, '--unsafe-no-sandbox').ended;
    expect(again.stderr).toContain(`The same tree as in mission ${id}`);
    expect(again.code).toBe(0);
    expect((await specKit(where, 'memory', 'list', '--json').ended).stdout).toBe(held);
  },
);

it('says why a mission cannot be run again', async () => {
  const cwd = folderWith({ ...BUNDLE, 'script.yaml': 'version: 1\ntasks: {}\ndefault: { writes: { a.md: "a" } }\n' });
  expect((await specKit(cwd, 'apply', 'spec', '--agent', 'script:script.yaml').ended).code).toBe(0);
  const { code, stderr } = await specKit(cwd, 'apply', 'spec', '--replay', 'latest').ended;
  expect(code).toBe(2);
  expect(stderr).toContain('error[REPLAY_IMPOSSIBLE]');
  expect((await specKit(cwd, 'apply', 'spec', '--replay', 'latest', '--agent', 'model').ended).stderr).toContain('error[USAGE]');
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
