import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../../src/spec/build-graph.ts';
import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, diagnosticOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const TASK = [
  '---',
  'id: task-1',
  'title: Draw the map',
  'status: To Do',
  'assignee: @ann',
  "created_date: '2026-01-02 10:00'",
  'labels:',
  '  - ui',
  'dependencies: []',
  'priority: high',
  '---',
  '',
  '## Description',
  '',
  'A map of the harbour.',
  '',
  '## Acceptance Criteria',
  '<!-- AC:BEGIN -->',
  '- [ ] #1 The quays are named',
  '- [x] #2 North is up',
  '<!-- AC:END -->',
  '',
  '## Definition of Done',
  '<!-- DOD:BEGIN -->',
  '- [ ] #1 Reviewed',
  '<!-- DOD:END -->',
  '',
].join('\n');

function taskFile(id: string, ...keys: string[]): string {
  return ['---', `id: ${id}`, `title: Task ${id}`, ...keys, 'labels: []', '---', '', '## Description', 'Words.', ''].join('\n');
}

function inTasks(...files: string[]): Record<string, string> {
  return Object.fromEntries(files.map((text, index) => [`backlog/tasks/task-${index + 1} - X.md`, text]));
}

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element): element is WorkElement => element.kind === 'work');
}

function requirementsOf(spec: Specification): RequirementElement[] {
  return spec.elements.filter((element): element is RequirementElement => element.kind === 'requirement');
}

async function read(files: Record<string, string>): Promise<Specification> {
  const spec = await specOf(files);
  expect(spec.dialect).toBe('backlog');
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

describe('a task of Backlog.md', () => {
  it('has the id, title, priority, labels and criteria as printed, an assignee that is no YAML notwithstanding', async () => {
    const spec = await read({ 'backlog/tasks/task-1 - Draw-the-map.md': TASK });
    expect(tasksOf(spec)).toMatchObject([
      { id: 'work:task-1', sourceId: 'task-1', name: 'Draw the map', status: 'todo', priority: 'P0', labels: ['ui'] },
    ]);
    expect(
      requirementsOf(spec).map(({ sourceId, text, requirementKind, parent, box }) => [
        sourceId,
        text,
        requirementKind,
        parent,
        box?.line,
      ]),
    ).toEqual([
      ['#1', 'The quays are named', 'criterion', 'work:task-1', 19],
      ['#2', 'North is up', 'criterion', 'work:task-1', 20],
      ['#1', 'Reviewed', 'acceptance', 'work:task-1', 25],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 0, criterion: 3, diagnostic: 0 });
    expect(spec.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('waits for what it names, by id in any case, by number, with zeros, or in one value', async () => {
    const spec = await read(
      inTasks(
        taskFile('task-1', 'status: To Do'),
        taskFile('TASK-2', 'status: To Do', 'dependencies: [TASK-1]'),
        taskFile('task-003', 'status: To Do', 'dependencies:', '  - 1', '  - task-2'),
        taskFile('task-4', 'status: To Do', 'dependencies: task-3, task-1'),
      ),
    );
    expect(tasksOf(spec).map(({ needs }) => needs.map(({ task, kind, at }) => `${kind} ${task} ${at?.line ?? 0}`))).toEqual([
      [],
      ['explicit work:task-1 5'],
      ['explicit work:task-1 6', 'explicit work:task-2 7'],
      ['explicit work:task-003 5', 'explicit work:task-1 5'],
    ]);
  });

  it('is found by the first prefix, whatever its own, and by numbers with or without zeros', async () => {
    const spec = await read(
      inTasks(
        taskFile('BACK-308', 'status: To Do'),
        taskFile('BACK-308.02', 'status: To Do'),
        taskFile('BACK-4', 'status: To Do', 'dependencies: [task-308.02, BACK-308.2]'),
      ),
    );
    expect(tasksOf(spec)[2]?.needs.map(({ task }) => task)).toEqual(['work:back-308-02']);
    expect(tasksOf(spec)[1]?.parent).toBe('work:back-308');
  });

  it('keeps 1.10 apart from 1.1, and makes parts of what is numbered as one or says so', async () => {
    const spec = await read(
      inTasks(
        taskFile('task-epic-11', 'status: To Do'),
        taskFile('task-epic-11.1', 'status: To Do'),
        taskFile('task-epic-11.10', 'status: To Do', 'dependencies: [task-epic-11.1]'),
        taskFile('task-7', 'status: To Do', 'parent_task_id: task-epic-11', 'dependencies: [11.10]'),
        taskFile('1.10', 'status: To Do'),
        taskFile('1.1', 'status: To Do', 'dependencies: [1.10]'),
      ),
    );
    const tasks = tasksOf(spec);
    expect(tasks.map(({ id, parent }) => [id, parent])).toEqual([
      ['work:task-epic-11', undefined],
      ['work:task-epic-11-1', 'work:task-epic-11'],
      ['work:task-epic-11-10', 'work:task-epic-11'],
      ['work:task-7', 'work:task-epic-11'],
      ['work:1-10', undefined],
      ['work:1-1', undefined],
    ]);
    expect(tasks[2]?.needs.map(({ task }) => task)).toEqual(['work:task-epic-11-1']);
    expect(tasks[5]?.needs.map(({ task }) => task)).toEqual(['work:1-10']);
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_UNKNOWN').message).toContain('`11.10`');
  });

  it.each([
    ['Done', 'done'],
    ['✅ Done', 'done'],
    ['Completed', 'done'],
    ['In-Progress', 'doing'],
    ['進行中', 'doing'],
    ['完了', 'done'],
    ["Won't Do", 'cancelled'],
    ['Blocked', 'todo'],
  ])('with status %s is %s', async (status, expected) => {
    expect(tasksOf(await read(inTasks(taskFile('task-1', `status: ${status}`))))[0]?.status).toBe(expected);
  });

  it('with a status of its own board is what its place there says, and with an unknown one open', async () => {
    const config = ['project_name: "Harbour"', 'statuses: ["Ashore", "At sea", "Landed"]', ''].join('\n');
    const files = inTasks(
      ...['Ashore', 'At sea', 'Landed', 'Sunk'].map((status, at) => taskFile(`task-${at + 1}`, `status: ${status}`)),
    );
    const spec = await read({ 'backlog/config.yml': config, ...files });
    expect(spec.title).toBe('Harbour');
    expect(tasksOf(spec).map(({ status }) => status)).toEqual(['todo', 'doing', 'done', 'unknown']);
    expect(diagnosticOf(spec, 'SPEC_STATUS_UNKNOWN')).toMatchObject({ line: 4, severity: 'warning' });
  });

  it('takes boxes outside of the criteria as its steps, and those in code as none', async () => {
    const text = [
      taskFile('task-1', 'status: To Do'),
      '## Implementation Plan',
      '- [x] Sketch',
      '- [ ] Paint',
      '',
      '```',
      '- [ ] Example',
      '```',
      '',
      '## Done when accepted',
      '',
      '### Acceptance',
      '- [ ] Hung',
      '',
    ].join('\n');
    const spec = await read({ 'backlog/tasks/task-1 - X.md': text });
    expect(tasksOf(spec).map(({ name, status, parent }) => [name, status, parent])).toEqual([
      ['Task task-1', 'todo', undefined],
      ['Sketch', 'done', 'work:task-1'],
      ['Paint', 'todo', 'work:task-1'],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 2, criterion: 1, diagnostic: 1 });
    expect(diagnosticOf(spec, 'SPEC_BLOCK_IGNORED').line).toBeGreaterThan(10);
  });

  it('is read line by line where its front matter is no YAML', async () => {
    const text = [
      '---',
      'id: task-1',
      'title: Map: the harbour',
      'status: Done',
      'dependencies:',
      '  - task-9: later',
      'labels: [a',
      '---',
      'Text',
      '',
    ].join('\n');
    const spec = await read({ 'backlog/tasks/task-1 - X.md': text });
    expect(tasksOf(spec)).toMatchObject([{ sourceId: 'task-1', name: 'Map: the harbour', status: 'done' }]);
    expect(diagnosticOf(spec, 'SPEC_FRONT_MATTER_LOOSE').severity).toBe('warning');
  });
});

describe('the folders of Backlog.md', () => {
  const files = {
    'README.md': '# Harbour\n\n- [ ] not ours\n',
    'backlog/archive/tasks/task-3 - C.md': taskFile('task-3', 'status: In Progress'),
    'backlog/completed/task-2 - B.md': taskFile('task-2', 'status: To Do'),
    'backlog/decisions/decision-1 - D.md': '---\nid: decision-1\ntitle: D\nstatus: accepted\ndate: 2026\n---\n',
    'backlog/docs/guide.md': '# Guide\n\n- [ ] box\n',
    'backlog/drafts/draft-1 - E.md': taskFile('draft-1', 'status: Draft'),
    'backlog/tasks/notes.md': '# Notes\n\n- [ ] a thought\n',
    'backlog/tasks/task-1 - A.md': taskFile('task-1', 'status: To Do', 'dependencies: [task-2, task-3]'),
  };

  it('hold done tasks, dropped tasks, drafts and documents', async () => {
    const spec = await read(files);
    expect(tasksOf(spec).map(({ sourceId, status }) => `${sourceId ?? ''} ${status}`)).toEqual([
      'task-3 cancelled',
      'task-2 done',
      'task-1 todo',
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 0, criterion: 0, diagnostic: 3 });
    expect(
      spec.diagnostics.filter(({ code }) => code === 'SPEC_CONTEXT_FILE').flatMap((each) => each.files ?? [each.file]),
    ).toEqual([
      'README.md',
      'backlog/decisions/decision-1 - D.md',
      'backlog/docs/guide.md',
      'backlog/drafts/draft-1 - E.md',
      'backlog/tasks/notes.md',
    ]);
    expect(
      buildGraph(spec)
        .tasks.filter(({ kind }) => kind === 'work')
        .map(({ needs }) => needs),
    ).toEqual([[]]);
  });

  it('are found from inside, and by one file alone', async () => {
    const text = TASK.replace('@ann', "['@ann']");
    for (const path of [
      'tasks/task-1 - X.md',
      'task-1 - X.md',
      '.backlog/tasks/task-1 - X.md',
      'sub/backlog/tasks/deep/task-1.md',
      'x.md',
    ])
      expect(tasksOf(await read({ [path]: text })), path).toHaveLength(1);
  });

  it('are not taken for those of somebody else', async () => {
    expect((await specOf({ 'backlog/tasks/one.md': '# One\n\n- Component: Map\n' })).dialect).toBe('native');
    expect(
      (await specOf({ 'posts/post-1.md': '---\nid: 1\ntitle: A\nstatus: draft\n---\n# A\n\n- Component: Map\n' })).dialect,
    ).toBe('native');
  });
});

describe('a broken backlog', () => {
  it('keeps the laws and does not throw', async () => {
    const seeds = [TASK, taskFile('task-2', 'status: Done', 'parent_task_id: task-2', 'dependencies: [task-1, task-2.1]')];
    await fc.assert(
      fc.asyncProperty(mutationsOf(seeds), mutationsOf(seeds), async (one, other) => {
        await checkLaws({ 'backlog/tasks/task-1 - A.md': one, 'backlog/tasks/task-2 - B.md': other }, 'backlog');
      }),
      { numRuns: 800 },
    );
  });
});

describe('what lies in the wrong folder', () => {
  it('is no task if it is a document', async () => {
    const spec = await specOf({
      'backlog/tasks/task-1 - Draw.md': TASK,
      'backlog/completed/doc-1 - Review.md': '---\nid: doc-1\ntitle: Review\ntype: other\n---\n\n- [ ] seen\n',
    });
    expect(spec.elements.flatMap((element) => (element.kind === 'work' ? [element.sourceId] : []))).toEqual(['task-1']);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});
