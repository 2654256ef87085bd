import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import schema from '../../schemas/predicates/agent-run-v0.1.schema.json' with { type: 'json' };
import { compileSchema } from '../../src/base/schema.ts';
import { readOwnBundle, statementIn } from '../../src/runtime/vault/own-bundle.ts';
import { type Reply, type ScriptedModel, serveModel } from '../support/scripted-model/serve-model.ts';
import { folderWith, specKit } from './spec-kit-process.ts';

let model: ScriptedModel | undefined;
afterEach(async () => {
  await model?.close();
  model = undefined;
});

const valid = compileSchema(JSON.parse(JSON.stringify(schema)));

const TASKS = '# Tasks: Poem\n\n- [ ] T001 Write a poem\n';

/** Is denied what it wants at first, and gives up; then it writes. */
const FIRST: Reply[] = [{ calls: [{ name: 'run', arguments: { command: ['curl', 'http://example.com'] } }] }, { text: 'No.' }];
const SECOND: Reply[] = [
  { calls: [{ name: 'write', arguments: { path: 'poem.md', content: 'roses are red\n' } }] },
  { text: 'It is done.' },
];

/** Statements of runs in an export, by their file names. */
function runsIn(out: string): Map<string, ReturnType<typeof statementIn>> {
  const names = readdirSync(join(out, 'evidence')).filter((name) => name.includes('.run-'));
  return new Map(names.sort().map((name) => [name, statementIn(readOwnBundle(readFileSync(join(out, 'evidence', name))))]));
}

it(
  'an agent is on record with what it did, whatever came of it, in its mission and wherever its result goes',
  { timeout: 180_000 },
  async () => {
    let attempts = 0;
    model = await serveModel((_seen, results) => {
      if (results === 0) attempts++;
      return (attempts === 1 ? FIRST : SECOND)[results] ?? SECOND.at(-1)!;
    });
    const cwd = folderWith({ 'spec/tasks.md': TASKS });
    const env = { AGENTNEXUS_MODEL: 'gpt-5', AGENTNEXUS_MODEL_URL: `${model.url}/v1`, AGENTNEXUS_MODEL_KEY: 'canary-key' };
    const apply = (...args: string[]) => specKit({ cwd, env }, 'apply', ...args, '--unsafe-no-sandbox', '--json').ended;
    const exported = async (mission: string, out: string) => {
      expect(await specKit(cwd, 'evidence', 'export', mission, '--out', out).ended).toMatchObject({ code: 0 });
      expect(await specKit(cwd, 'verify', out).ended).toMatchObject({ code: 0 });
      return runsIn(join(cwd, out));
    };
    const first = await apply('spec', '--agent', 'model');
    expect(first.code, first.stderr).toBe(0);
    const { id } = JSON.parse(first.stdout) as { id: string };
    const runs = await exported(id, 'out');
    const said = [...runs.values()].map(({ predicate }) => predicate);
    for (const predicate of said) expect(valid(predicate)).toEqual({ valid: true });
    expect(said).toMatchObject([
      { mission: id, attempt: 1, outcome: 'failed', models: [{ name: 'gpt-5' }], conditions: { sandbox: 'none' } },
      { mission: id, attempt: 2, outcome: 'accepted', models: [{ name: 'gpt-5' }] },
    ]);
    expect([...runs.values()].at(-1)?.subject.map(({ name }) => name)).toEqual([
      'poem.md',
      '.agentnexus/chronicle.jsonl',
      '.agentnexus/transcript',
    ]);
    const shown = await specKit(cwd, 'evidence', 'show', 'poem.md', '--json').ended;
    expect(shown.stdout).toContain('https://agentnexus.dev/attestations/agent-run/v0.1');

    // Taken from the cache: the very statements, of the mission that it ran in.
    writeFileSync(join(cwd, 'spec/tasks.md'), `${TASKS}\n`);
    const cached = await apply('spec', '--agent', 'model', '--force', 'gate');
    expect(cached.code, cached.stderr).toBe(0);
    const other = (JSON.parse(cached.stdout) as { id: string }).id;
    expect(other).not.toBe(id);
    expect(await exported(other, 'out-cached')).toEqual(runs);

    const replay = await apply('spec', '--replay', id);
    expect(replay.code, replay.stderr).toBe(0);
    const again = await exported((JSON.parse(replay.stdout) as { id: string }).id, 'out-replay');
    expect([...again.values()].map(({ predicate }) => predicate['conditions'])).toMatchObject([
      { replayOf: id },
      { replayOf: id },
    ]);

    // What it said may go; that it said it stays proven.
    const pruned = await specKit(cwd, 'cache', 'prune', '--payloads-older-than', '0d', '--json').ended;
    const { payloads } = JSON.parse(pruned.stdout) as { payloads: { missions: number } };
    expect(payloads.missions).toBeGreaterThan(0);
    expect(await specKit(cwd, 'verify').ended).toMatchObject({ code: 0 });
    const evidence = join(cwd, 'out', 'evidence');
    const [name = ''] = [...runs.keys()];
    rmSync(join(evidence, name));
    expect((await specKit(cwd, 'verify', 'out').ended).stdout).toContain(name);
  },
);

it(
  'of an attempt that died with its process nothing is claimed, and the next says what it did itself',
  { timeout: 120_000 },
  async () => {
    let dying = true;
    model = await serveModel((_seen, results) =>
      dying ? { text: '…', faults: [{ kind: 'hang' }] } : (SECOND[results] ?? SECOND.at(-1)!),
    );
    const { requests } = model;
    const cwd = folderWith({ 'spec/tasks.md': TASKS });
    const where = {
      cwd,
      env: { AGENTNEXUS_MODEL: 'gpt-5', AGENTNEXUS_MODEL_URL: `${model.url}/v1`, AGENTNEXUS_MODEL_KEY: 'canary-key' },
    };
    const { child, ended } = specKit(where, 'apply', 'spec', '--agent', 'model', '--unsafe-no-sandbox');
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await ended;
    dying = false;
    const resumed = await specKit(where, 'resume', 'latest').ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await specKit(cwd, 'evidence', 'export', 'latest', '--out', 'out').ended).toMatchObject({ code: 0 });
    expect(await specKit(cwd, 'verify', 'out').ended).toMatchObject({ code: 0 });
    expect([...runsIn(join(cwd, 'out')).values()].map(({ predicate }) => predicate)).toMatchObject([
      { attempt: 2, outcome: 'accepted' },
    ]);
  },
);
