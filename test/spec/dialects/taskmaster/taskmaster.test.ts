import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareText as byText } from '../../../../src/base/text.ts';
import type { Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, placesOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const PATH = '.taskmaster/tasks/tasks.json';

const TAGGED = `{
  "master": {
    "tasks": [
      { "id": 1, "title": "Set up", "description": "Make the folder", "status": "done", "priority": "high", "dependencies": [] },
      {
        "id": "2",
        "title": "Parser",
        "details": "Use a grammar.",
        "testStrategy": "Run it on samples.",
        "status": "in-progress",
        "dependencies": ["1"],
        "subtasks": [
          { "id": 1, "title": "Tokens", "status": "pending", "dependencies": [], "parentTaskId": 2 },
          { "id": 2, "title": "Tree", "status": "pending", "dependencies": [1, "2.1"], "parentId": "2" },
          { "id": "2.3", "title": "Errors", "status": "review", "dependencies": ["2.2", 1] }
        ]
      },
      { "id": 3, "title": "Printer", "status": "cancelled", "priority": "low", "dependencies": [2] },
      { "id": 4, "title": "Release", "status": "deferred", "priority": null, "dependencies": [3, "2"] }
    ],
    "metadata": { "created": "2025-01-01", "updated": "2025-01-02", "description": "Tasks" }
  }
}
`;

describe('task-master', async () => {
  const spec = await specOf({ [PATH]: TAGGED });

  it('reads tasks and sub-tasks with absolute ids', () => {
    expect(spec.dialect).toBe('taskmaster');
    expect(tasksOf(spec).map(({ sourceId }) => sourceId)).toEqual(['1', '2', '2.1', '2.2', '2.3', '3', '4']);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('keeps what the source says of each', () => {
    expect(taskOf(spec, '2')).toMatchObject({ text: 'Parser', details: 'Use a grammar.\n\nTest strategy:\nRun it on samples.' });
    expect(tasksOf(spec).map(({ status }) => status)).toEqual(['done', 'doing', 'todo', 'todo', 'doing', 'cancelled', 'todo']);
    expect(taskOf(spec, '4').labels).toEqual(['deferred']);
    expect([taskOf(spec, '1').priority, taskOf(spec, '3').priority, taskOf(spec, '4').priority]).toEqual(['P1', 'P3', undefined]);
  });

  it('says on which lines each stands', () => {
    expect(taskOf(spec, '2').source).toEqual({ file: PATH, line: 5, column: 7, endLine: 17 });
    expect(taskOf(spec, '2.2').source).toEqual({ file: PATH, line: 14, column: 11, endLine: 14 });
    expect(spec.lines.find(({ line }) => line === 14)).toMatchObject({ class: 'element', element: taskOf(spec, '2.2').id });
    expect(spec.lines.at(-1)).toMatchObject({ class: 'document' });
  });

  it('reads a plain number in a sub-task as its sibling, one with a dot as absolute', () => {
    expect(explicitOf(spec, '2.2')).toContain('2.1');
    expect(explicitOf(spec, '2.3')).toEqual(expect.arrayContaining(['2.1', '2.2']));
    expect(explicitOf(spec, '4')).toEqual(['2', '3']);
  });

  it('lets nobody wait for what is done or cancelled', () => {
    expect(placesOf(spec)).toEqual([]);
    expect(taskOf(spec, '3').needs).toHaveLength(1);
  });
});

describe('shapes of tasks.json', () => {
  const task = (id: unknown, more: object = {}): object => ({
    id,
    title: `Task ${String(id)}`,
    status: 'pending',
    dependencies: [],
    ...more,
  });

  it.each([
    ['tasks/tasks.json', { tasks: [task(1)], metadata: { projectName: 'Kiosk', version: '1', taskCount: 1 } }],
    ['tasks.json', { meta: { projectName: 'Kiosk' }, tasks: [task(1)] }],
    ['plan.json', { projectName: 'Kiosk', tasks: [task(1)] }],
  ])('reads the older form without tags in %s', async (path, value) => {
    const spec = await specOf({ [path]: JSON.stringify(value) });
    expect(spec).toMatchObject({ dialect: 'taskmaster', title: 'Kiosk' });
    expect(tasksOf(spec)).toHaveLength(1);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('keeps the ids of tags apart', async () => {
    const value = {
      master: { tasks: [task(1), task(2, { dependencies: [1] })] },
      next: { tasks: [task(2, { dependencies: [3] }), task(3)] },
    };
    const spec = await specOf({ [PATH]: JSON.stringify(value) });
    const [, second, third, fourth] = tasksOf(spec);
    expect(tasksOf(spec).map(({ milestone }) => milestone)).toEqual(['master', 'master', 'next', 'next']);
    expect(third?.needs).toMatchObject([{ task: fourth?.id, kind: 'explicit' }]);
    expect(second?.id).not.toBe(third?.id);
    expect(placesOf(spec)).toEqual([]);
  });

  it('names a dependency that is not there, and a task that needs itself', async () => {
    const text = JSON.stringify({ tasks: [task(1, { dependencies: [9] }), task(2, { dependencies: [2] })] }, null, 1);
    const spec = await specOf({ [PATH]: text });
    expect(placesOf(spec)).toEqual(['SPEC_DEPENDENCY_UNKNOWN 8:5', 'SPEC_CYCLE 16:5']);
  });

  it('takes an unknown status as open, and says so', async () => {
    const spec = await specOf({ [PATH]: JSON.stringify({ tasks: [task(1, { status: 'parked' }), 7] }) });
    expect(tasksOf(spec)).toMatchObject([{ status: 'unknown' }]);
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_STATUS_UNKNOWN', 'SPEC_ENTRY_IGNORED']);
  });

  it('takes files that a task makes as what it writes', async () => {
    const relevantFiles = [
      { path: 'src/a.ts', action: 'create' },
      { path: 'src/b.ts', action: 'reference' },
    ];
    const spec = await specOf({ [PATH]: JSON.stringify({ tasks: [task(1, { relevantFiles }), task(2, { relevantFiles })] }) });
    expect(taskOf(spec, '1').writes).toEqual(['src/a.ts']);
    expect(taskOf(spec, '2').needs).toMatchObject([{ kind: 'same-file' }]);
  });

  it('reads tasks in other languages', async () => {
    const spec = await specOf({
      [PATH]: JSON.stringify({
        tasks: [task(1, { title: 'データベースを設計する' }), task(2, { title: '界面', dependencies: ['1'] })],
      }),
    });
    expect(explicitOf(spec, '2')).toEqual(['1']);
  });

  it.each([
    ['{ "tasks": [ { "id": 1, "title": "A", "status": "done", } ] }', 1, 'a key in quotes'],
    ['{ "tasks": [\n<<<<<<< HEAD\n{ "id": 1, "title": "A", "status": "done" }', 2, '`<`'],
    ['{ "tasks": [ { "id": 1, "title": "A', 1, 'no end'],
  ])('says where a broken file is broken', async (text, line, words) => {
    const spec = await specOf({ [PATH]: text });
    expect(spec.diagnostics).toContainEqual(expect.objectContaining({ code: 'SPEC_DOCUMENT_INVALID', line }));
    expect(spec.diagnostics.find(({ code }) => code === 'SPEC_DOCUMENT_INVALID')?.message).toContain(words);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('leaves other files of that name alone', async () => {
    expect((await specOf({ 'tasks.json': '{"version":"2.0.0","tasks":[{"label":"build","type":"shell"}]}' })).dialect).toBe(
      'native',
    );
  });

  it('leaves schemas and interfaces alone that speak of tasks', async () => {
    const properties = { id: {}, title: {}, status: {}, tasks: { enum: [] } };
    expect(
      (await specOf({ 'a.json': JSON.stringify({ $schema: 'x', title: 'Task', type: 'object', properties, tasks: [{}] }) }))
        .dialect,
    ).toBe('native');
    expect(
      (
        await specOf({
          'b.json': JSON.stringify({ openapi: '3.1.0', info: { title: 'Tasks', version: '1' }, paths: {}, 'x-a': properties }),
        })
      ).dialect,
    ).toBe('native');
  });

  it('passes over what lies beside the file that the tool reads, and says so', async () => {
    const text = JSON.stringify({ tasks: [task(1)] });
    const spec = await specOf({ [PATH]: text, '.taskmaster/tasks/prd-v2.tasks.json': text });
    expect(tasksOf(spec)).toHaveLength(1);
    expect(spec.diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'SPEC_DOCUMENT_IGNORED .taskmaster/tasks/prd-v2.tasks.json',
    ]);
  });

  it('gives way to another dialect where its file lists nothing', async () => {
    const story = '# Story 1.1: Bake\n\n## Acceptance Criteria\n\n1. Warm\n\n## Tasks\n\n- [ ] Knead\n';
    const spec = await specOf({ [PATH]: '{"master":{"tasks":[]}}', 'docs/1.1.story.md': story });
    expect(spec.dialect).toBe('bmad');
  });

  it('reads the moved file once, and what lies beside it as context', async () => {
    const text = JSON.stringify({ tasks: [task(1)] });
    const files = {
      [PATH]: text,
      '.taskmaster/state.json': '{"currentTag":"master"}',
      'tasks/tasks.json': text,
      'docs/prd.md': '# PRD\n\n- [ ] Box\n',
    };
    const spec = await specOf(files);
    expect(tasksOf(spec)).toHaveLength(1);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(spec.coverage.boxes.diagnostic).toBe(1);
  });
});

describe('any file', () => {
  it('is read without a throw, and every line accounted for', async () => {
    const mutations = mutationsOf([TAGGED, JSON.stringify(JSON.parse(TAGGED))]);
    await fc.assert(
      fc.asyncProperty(mutations, async (text) => void (await checkLaws({ [PATH]: text }, 'taskmaster'))),
      { numRuns: 700 },
    );
  });

  it('may be JSON of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 5 }),
        async (value) => void (await checkLaws({ [PATH]: JSON.stringify(value, null, 1) }, 'taskmaster')),
      ),
      { numRuns: 300 },
    );
  });
});

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element) => element.kind === 'work');
}

function taskOf(spec: Specification, printed: string): WorkElement {
  const found = tasksOf(spec).find(({ sourceId }) => sourceId === printed);
  if (found === undefined) throw new Error(`no task ${printed}`);
  return found;
}

/** Printed ids of what a task waits for because the source says so. */
function explicitOf(spec: Specification, printed: string): string[] {
  const byId = new Map(tasksOf(spec).map(({ id, sourceId }) => [id, sourceId]));
  return taskOf(spec, printed)
    .needs.filter(({ kind }) => kind === 'explicit')
    .map(({ task }) => byId.get(task) ?? '')
    .toSorted(byText);
}
