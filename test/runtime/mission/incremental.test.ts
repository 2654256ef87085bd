import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readManifest } from '../../../src/runtime/mission/manifests.ts';
import { taskRow } from '../../../src/runtime/mission/queries.ts';
import { keyChanges } from '../../../src/runtime/mission/task-key.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { buildGraph } from '../../../src/spec/build-graph.ts';
import { interpret } from '../../../src/spec/interpret.ts';
import { openBundle } from '../../../src/spec/open-bundle.ts';
import type { Task } from '../../../src/spec/model.ts';
import { leave, type MissionBench, missionBench } from './mission-bench.ts';

const SPEC = readFileSync(join(import.meta.dirname, '..', '..', '..', 'templates', 'native', 'spec.md'), 'utf8');

let bench: MissionBench;
let folder: string;
beforeEach(() => {
  bench = missionBench();
  folder = mkdtempSync(join(tmpdir(), 'incremental-'));
});
afterEach(() => {
  bench.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The tasks of the specification, as the interpreter makes them of this text. */
async function tasksOf(text: string): Promise<Task[]> {
  writeFileSync(join(folder, 'spec.md'), text);
  return buildGraph(await interpret(openBundle(folder))).tasks;
}

function replaced(from: string, to: string): string {
  expect(SPEC).toContain(from);
  return SPEC.replace(from, to);
}

/** What runs of this text, beside the gate, which decides in every mission. Agents leave what they are told, checks what they have seen. */
async function runs(text: string): Promise<string[]> {
  bench.ran.length = 0;
  const tasks = await tasksOf(text);
  for (const { id, kind } of tasks) {
    if (kind !== 'verification') continue;
    bench.script.set(id, (attempt) => ({
      outcome: 'succeeded',
      tree: [],
      output: [...attempt.inputs.values()].at(-1) ?? attempt.key,
      evidence: [],
    }));
  }
  const { mission } = await bench.apply(tasks);
  expect(mission.state).toBe('succeeded');
  return bench.ran.filter((id) => id !== 'gate').toSorted();
}

/** A task and all that needs it, directly or not. */
async function above(id: string): Promise<Set<string>> {
  const reached = new Set([id]);
  for (const task of await tasksOf(SPEC)) if (task.needs.some((need) => reached.has(need.task))) reached.add(task.id);
  return reached;
}

describe('a specification that is changed', () => {
  it('runs nothing again for a typo in prose, and for lines that move only what writes down where they are', async () => {
    expect((await runs(SPEC)).length).toBeGreaterThan(10);
    expect(await runs(replaced('A small specification', 'A smal specification'))).toEqual([]);
    expect(await runs(SPEC.replaceAll('\n', '\r\n'))).toEqual([]);
    const moved = SPEC.replace('## Components', '\n\nMore prose.\n\n## Components');
    expect(await runs(moved)).toEqual(['assemble', 'verify:package']);
  });

  it('runs what depends on the bytes of a contract that has changed, and names the input', async () => {
    await runs(SPEC);
    const reworded = await runs(replaced('weight: number', 'weight: integer'));
    expect(reworded).toContain('contract:parcel');
    expect(reworded).not.toContain('contract:movement');
    expect(reworded).not.toContain('scaffold');
    const dependents = await above('contract:parcel');
    expect(reworded.filter((id) => !dependents.has(id))).toEqual([]);
    bench.inLog((log, store) => {
      const missions = log.db.all<{ id: string }>('SELECT id FROM mission ORDER BY first_seq');
      const rows = missions.map(({ id }) => taskRow(log.db, id, 'contract:parcel'));
      const [before, after] = rows.map((row) => readManifest({ log, store }, row?.manifest_seq ?? Number.NaN));
      expect(keyChanges(before ?? {}, after ?? {})).toEqual([
        { input: 'fragment', before: expect.stringMatching(/^sha256:/), after: expect.stringMatching(/^sha256:/) },
      ]);
      const dependent = missions.map(({ id }) => taskRow(log.db, id, 'verify:contract:parcel'));
      expect(dependent.map((row) => row?.state)).toEqual(['succeeded', 'succeeded']);
    });
  });

  it('stops where the bytes are equal again', async () => {
    const same: Parameters<MissionBench['script']['set']>[1] = async (attempt) =>
      leave(attempt, openContentStore(bench.dir), 'whatever it is told');
    bench.script.set('contract:parcel', same);
    await runs(SPEC);
    expect(await runs(replaced('weight: number', 'weight: integer'))).toEqual(['contract:parcel']);
  });
});
