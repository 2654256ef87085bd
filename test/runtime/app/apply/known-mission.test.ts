import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyMission } from '../../../../src/runtime/app/apply/apply-mission.ts';
import { knownMission } from '../../../../src/runtime/app/apply/known-mission.ts';
import { missionTerms } from '../../../../src/runtime/app/apply/mission-terms.ts';
import type { ApplyInput } from '../../../../src/runtime/app/operations.ts';
import { openSource } from '../../../../src/runtime/app/source/open-source.ts';
import { readingInputs } from '../../../../src/runtime/app/source/reading.ts';
import type { Progress } from '../../../../src/runtime/app/views.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { latestMissionOf, type MissionRow } from '../../../../src/runtime/mission/queries.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { aRepository } from '../../workspace/git/a-repository.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;

beforeAll(async () => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['Write one', 'Write two', 'Write three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
  await bench.apply();
});
afterAll(() => bench.remove());

const PLAIN: ApplyInput = { bundle: 'spec', agent: 'script:script.yaml' };

/** What is answered without reading the specification. */
async function known(more: Partial<ApplyInput> = {}) {
  const input = { ...PLAIN, ...more };
  return knownMission(await read(input), input, context());
}

/** What is answered by reading it. */
async function readAgain(more: Partial<ApplyInput> = {}) {
  const input = { ...PLAIN, ...more };
  return applyMission({ ...(await read(input)), detach: false, finish: undefined }, input, context());
}

async function read(input: ApplyInput) {
  const source = await openSource(input, context());
  const terms = await missionTerms(input, source, context());
  return { source, terms, inputs: readingInputs({ source, terms }, input) };
}

const context = () => ({ cwd: bench.dir, workspace: bench.workspace });

function lastMission(): MissionRow {
  const log = openLog(bench.workspace, { mode: 'read' });
  try {
    const row = log.db.get<MissionRow>('SELECT * FROM mission ORDER BY first_seq DESC LIMIT 1');
    if (row === undefined || latestMissionOf(log.db, row.specification)?.id !== row.id) throw new Error('no mission');
    return row;
  } finally {
    log.close();
  }
}

/** Changes something for the time of `use`. */
type Changed = (use: () => Promise<void>) => Promise<void>;

const file =
  (path: string, text: string): Changed =>
  async (use) => {
    const place = join(bench.dir, path);
    const before = existsSync(place) ? readFileSync(place) : undefined;
    bench.write(path, text);
    await use();
    if (before === undefined) rmSync(place);
    else writeFileSync(place, before);
  };

const gone =
  (path: () => string): Changed =>
  async (use) => {
    const place = path();
    renameSync(place, `${place}.away`);
    await use();
    renameSync(`${place}.away`, place);
  };

const stored = (digest: () => string | null): string => openContentStore(bench.workspace).pathOf(digest() as `sha256:${string}`);
const build = (): string => {
  const [name = ''] = readdirSync(join(bench.workspace, 'build')).filter((each) => !each.endsWith('.json'));
  return join(bench.workspace, 'build', name);
};

describe('a mission that was made of just this', () => {
  it('is known without reading the specification, and said to be what reading it says', async () => {
    const view = await known();
    expect(view).toMatchObject({ unchanged: true, state: 'succeeded', coverage: { elements: 3 } });
    expect(view).toEqual(await readAgain());
    expect(await bench.apply({ jobs: 1 })).toEqual(view);
  });

  it.each<[string, Changed]>([
    ['a letter of the source', file('spec/tasks.md', tasksFile(['Write one', 'Write two', 'Write thrice']))],
    ['a space in it', file('spec/tasks.md', `${tasksFile(['Write one', 'Write two', 'Write three'])} `)],
    ['a file beside it', file('spec/notes.md', 'Nothing.\n')],
    ['a configuration that says nothing', file('spec/.agentnexus.yaml', '{}\n')],
    ['a configuration that limits', file('spec/.agentnexus.yaml', 'policy: { agents: [script] }\n')],
    ['what the script does', file('script.yaml', `${SIMPLE_SCRIPT}  T004: {}\n`)],
    ['the product as it was put', gone(build)],
    ['the list of the product', gone(() => `${build()}.tree.json`)],
    ['the list of this product', async (use) => file(`${build().slice(bench.dir.length + 1)}.tree.json`, '[]')(use)],
    ['the content of a result', gone(() => stored(() => lastTree()))],
    ['what was said of the source', gone(() => stored(() => lastMission().reading))],
    ['the log', gone(() => join(bench.workspace, 'log.db'))],
  ])('is not known without: %s', async (_, changed) => {
    expect(await known()).toBeDefined();
    await changed(async () => expect(await known()).toBeUndefined());
    expect(await known()).toBeDefined();
  });

  it('is not known where what was said of the source is damaged', async () => {
    const place = stored(() => lastMission().reading);
    const before = readFileSync(place);
    rmSync(place);
    writeFileSync(place, before.subarray(1));
    expect(await known()).toBeUndefined();
    rmSync(place);
    writeFileSync(place, before);
    expect(await known()).toBeDefined();
  });

  it.each<[string, Partial<ApplyInput>]>([
    ['another agent', { agent: 'compiler' }],
    ['a dialect', { dialect: 'native' }],
    ['warnings as faults', { strict: true }],
    ['a task alone', { only: ['work:t001'] }],
    ['a task anew', { force: ['work:t001'] }],
    ['a person who is asked', { requireApproval: ['T002'] }],
    ['a policy', { policy: { agents: ['script'] } }],
    ['a release policy', { releasePolicy: 'default' }],
    ['a look only', { dryRun: true }],
    ['the accepted graph', { locked: true }],
    ['closed boxes', { tick: true }],
    [
      'a mission of a name',
      {
        mission: {
          id: '0199a3c2-0000-7000-8000-000000000000',
          objective: 'x',
          priority: 'P1',
          originatingSpec: 'file:///x',
          createdAt: '2026-01-01T00:00:00Z',
        },
      },
    ],
  ])('is not known to whoever wants %s', async (_, input) => {
    expect(await known(input)).toBeUndefined();
    expect(await known()).toBeDefined();
  });

  it('is not known of the same files elsewhere, which may be read otherwise there', async () => {
    cpSync(join(bench.dir, 'spec'), join(bench.dir, 'spec2'), { recursive: true });
    expect(await known({ bundle: 'spec2' })).toBeUndefined();
  });
});

describe('as the history goes on', () => {
  it('is the newest of those that were made of the same', async () => {
    const forced = await bench.apply({ force: ['work:t002'] });
    expect(await known()).toMatchObject({ id: forced.id });
    expect(await known()).toEqual(await readAgain());
  });

  it('is not known when another has followed, and known again when that was taken back', async () => {
    const one = tasksFile(['Write one', 'Write two', 'Write three']);
    bench.write('spec/tasks.md', tasksFile(['Write one', 'Write two', 'Write three again']));
    await bench.apply();
    expect(await known()).toEqual(await readAgain());
    bench.write('spec/tasks.md', one);
    expect(await known()).toBeUndefined();
    await bench.apply();
    expect(await known()).toEqual(await readAgain());
  });

  it('is not known of prose alone that was changed, though nothing is run for it', async () => {
    const before = await known();
    bench.write('spec/tasks.md', `${tasksFile(['Write one', 'Write two', 'Write three'])}\nA word more.\n`);
    expect(await known()).toBeUndefined();
    expect(await readAgain()).toMatchObject({ id: before?.id, unchanged: true });
    bench.write('spec/tasks.md', tasksFile(['Write one', 'Write two', 'Write three']));
    expect(await known()).toEqual(before);
  });

  it('is known of a mission that was cut off, where it went on from the same', async () => {
    bench.write('script.yaml', SIMPLE_SCRIPT.replace('one\\n', 'first\\n'));
    await cutOff();
    await bench.apply();
    expect(await known()).toEqual(await readAgain());
    bench.write('script.yaml', SIMPLE_SCRIPT.replace('one\\n', 'erste\\n'));
    await cutOff();
    const other = SIMPLE_SCRIPT.replace('one\\n', 'première\\n');
    bench.write('script.yaml', other);
    await bench.apply();
    expect(await known()).toBeUndefined();
    expect(await readAgain()).toMatchObject({ unchanged: true });
  });

  it('is not known from another commit', async () => {
    const repository = aRepository();
    try {
      cpSync(join(bench.dir, 'spec'), join(repository.dir, 'spec'), { recursive: true });
      repository.commit('first');
      const bundle = join(repository.dir, 'spec');
      await bench.apply({ bundle });
      expect(await known({ bundle })).toEqual(await readAgain({ bundle }));
      expect(await known({ bundle, base: 'none' })).toBeUndefined();
      writeFileSync(join(repository.dir, 'more.txt'), 'more\n');
      repository.commit('second');
      expect(await known({ bundle })).toBeUndefined();
    } finally {
      repository.remove();
    }
  });
});

/** Applies, and stops when the first task has begun. */
async function cutOff(): Promise<void> {
  const stop = new AbortController();
  const onProgress = ({ type }: Progress): void => {
    if (type === 'task') stop.abort();
  };
  await expect(bench.apply({ jobs: 1 }, { drain: stop.signal, onProgress })).rejects.toMatchObject({ code: 'INTERRUPTED' });
}

function lastTree(): string {
  const log = openLog(bench.workspace, { mode: 'read' });
  try {
    const row = log.db.get<{ tree: string }>('SELECT tree FROM task WHERE mission = ? ORDER BY seq LIMIT 1', lastMission().id);
    return row?.tree ?? '';
  } finally {
    log.close();
  }
}
