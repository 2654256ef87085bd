import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../../src/spec/build-graph.ts';
import { ACCOUNTED, accountOf, placeOf } from '../../bundle-of.ts';
import { needsOf, requirementsOf, task, tasksOf, workOf } from './feature.ts';

/** Everything the template has, with everything that is no task in it. */
const TEMPLATE = `---
description: "Task list"
---

# Tasks: Shop

**Input**: Design documents from \`/specs/001-shop/\`

## Format: \`[ID] [P?] [Story] Description\`

- **[P]**: Can run in parallel (different files, no dependencies)

## Phase 1: Setup (Shared Infrastructure)

**Purpose**: Project initialization

- [x] T001 Create project structure per implementation plan
- [X] T002 Initialize Node project in package.json
- [ ] T003 [P] Configure linting in .github/lint.yml
- [ ] T004 [P] Configure formatting in .github/format.yml

---

## Phase 2: User Story 1 - Order (Priority: P1) 🎯 MVP

**Goal**: People order.

### Tests for User Story 1

- [ ] T005 [P] [US1] Contract test in test/contract/order.test.ts

### Implementation for User Story 1

- [ ] T006 [US1] Implement OrderService in src/services/order.ts (depends on T003, T004)

**Checkpoint**: Orders can be placed

## Phase N: Polish

- [ ] T007 Documentation in docs/

## Dependencies & Execution Order

### Phase Dependencies

- **Setup (Phase 1)**: No dependencies

## Parallel Example: Phase 2

\`\`\`bash
- [ ] T005 in a fence
Task: "T006"
\`\`\`

## Notes

- [P] tasks = different files, no dependencies
`;

describe('ids and marks that people have of their own', () => {
  it.each([
    ['- [ ] T34.1.2 Work', 'T34.1.2', 'todo'],
    ['- [x] 🟢 T001 Work', 'T001', 'done'],
    ['- [ ] ⚠️ **T001** Work', 'T001', 'todo'],
    ['- [S] T001 Work', 'T001', 'unknown'],
  ])('%s', async (line, id, status) => {
    const [only] = workOf(await tasksOf('## Phase 1', '', line));
    expect([only?.sourceId, only?.status, only?.text]).toEqual([id, status, 'Work']);
  });

  it('a letter of a label is none', async () => {
    expect(workOf(await tasksOf('## Phase 1', '- [ ] T001 Work', '- [P] T001 may run beside T002'))).toHaveLength(1);
  });

  it('ids of several parts are found again', async () => {
    const spec = await tasksOf('## Phase 1', '- [ ] T1.1 A', '- [ ] T1.2 B [P] (depends on T1.1)');
    expect(needsOf(spec, 'T1.2')).toEqual(['T1.1 explicit']);
  });
});

describe('a file like the template', async () => {
  const spec = await tasksOf(...TEMPLATE.split('\n'));

  it('has a task for each numbered checkbox, with its phase, labels and mark', () => {
    expect(
      workOf(spec).map(({ sourceId, status, milestone, labels }) => [sourceId, status, milestone, labels.join(' ')]),
    ).toEqual([
      ['T001', 'done', 'Phase 1: Setup (Shared Infrastructure)', ''],
      ['T002', 'done', 'Phase 1: Setup (Shared Infrastructure)', ''],
      ['T003', 'todo', 'Phase 1: Setup (Shared Infrastructure)', 'P'],
      ['T004', 'todo', 'Phase 1: Setup (Shared Infrastructure)', 'P'],
      ['T005', 'todo', 'Phase 2: User Story 1 - Order (Priority: P1) 🎯 MVP', 'P US1'],
      ['T006', 'todo', 'Phase 2: User Story 1 - Order (Priority: P1) 🎯 MVP', 'US1'],
      ['T007', 'todo', 'Phase N: Polish', ''],
    ]);
    expect(task(spec, 'T006')).toMatchObject({
      id: 'work:t006',
      section: 'Implementation for User Story 1',
      text: 'Implement OrderService in src/services/order.ts (depends on T003, T004)',
      writes: ['src/services/order.ts'],
    });
  });

  it('accounts for every line and checkbox, the legend and the fence too', () => {
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(spec.coverage).toMatchObject({ checkboxes: 9, boxes: { task: 7, subTask: 0, criterion: 0, diagnostic: 2 } });
    expect(spec.diagnostics.map((each) => each.code).toSorted()).toEqual([
      'SPEC_BLOCK_IGNORED',
      'SPEC_CHECKBOX_LEGEND',
      'SPEC_DEPENDENCY_PROSE',
    ]);
  });

  it('runs phases one after the other, marked neighbours together, and obeys ids at a task', () => {
    expect(needsOf(spec, 'T003')).toEqual([]);
    expect(needsOf(spec, 'T004')).toEqual([]);
    expect(needsOf(spec, 'T005')).toEqual(['T003 structural', 'T004 structural']);
    expect(needsOf(spec, 'T006')).toEqual(['T003 explicit', 'T004 explicit', 'T005 structural']);
    expect(needsOf(spec, 'T007')).toEqual(['T006 structural']);
  });

  it('makes a graph of what is open, and of nothing that it does not have', () => {
    expect(buildGraph(spec).tasks.map(({ id }) => id)).toEqual([
      'work:t003',
      'work:t004',
      'work:t005',
      'work:t006',
      'work:t007',
      'verify:work',
      'gate',
    ]);
  });

  it('says where each mark stands', () => {
    expect(task(spec, 'T001').box).toEqual({ line: 19, column: 4 });
  });
});

describe('ids', () => {
  it.each([
    ['- [ ] T007b Add', 'T007b', 'Add'],
    ['- [ ] T027A Add', 'T027A', 'Add'],
    ['- [ ] T158-1 Add', 'T158-1', 'Add'],
    ['- [ ] **T001** Add', 'T001', 'Add'],
    ['- [ ] **T001**: Add', 'T001', 'Add'],
    ['- [ ] T001: Add', 'T001', 'Add'],
    ['- [ ] T001. Add', 'T001', 'Add'],
    ['- [ ] `T001` Add', 'T001', 'Add'],
    ['- [ ] [T001] Add', 'T001', 'Add'],
    ['- [ ] T001 - Add', 'T001', 'Add'],
    ['- [ ] T001：加', 'T001', '加'],
    ['- [ ] T001加', 'T001', '加'],
    ['- [ ] T1000 Add', 'T1000', 'Add'],
    ['- [ ] **T001** `app.ts` を作成', 'T001', '`app.ts` を作成'],
    ['- [ ] T001 Add `test/__mocks__/a.ts`', 'T001', 'Add `test/__mocks__/a.ts`'],
    ['- [ ]  T001  Add', 'T001', 'Add'],
    ['* [ ] T001 Add', 'T001', 'Add'],
    ['+ [ ] T001 Add', 'T001', 'Add'],
    ['1. [ ] T001 Add', 'T001', 'Add'],
    ['- [] T001 Add', 'T001', 'Add'],
    ['- [x] T001 Add ✅', 'T001', 'Add'],
  ])('%s', async (line, sourceId, text) => {
    const spec = await tasksOf('## Phase 1: Setup', line);
    expect(workOf(spec).map((each) => [each.sourceId, each.text])).toEqual([[sourceId, text]]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('that repeat are all kept; a reference means the nearest one before it', async () => {
    const spec = await tasksOf('## Phase 1', '- [ ] T001 One', '- [ ] T001 Two', '- [ ] T002 Three (depends on T001)');
    expect(workOf(spec).map((each) => each.id)).toEqual(['work:t001', 'work:t001.2', 'work:t002']);
    expect(task(spec, 'T002').needs.map((need) => [need.task, need.kind])).toEqual([['work:t001.2', 'explicit']]);
    expect(spec.diagnostics.map(placeOf)).toEqual(['SPEC_ID_REPEATED 5:3']);
  });

  it('do not change when lines move, or tasks come before', async () => {
    const before = await tasksOf('## Phase 1', '- [ ] T001 One', '- [ ] T002 Two');
    const after = await tasksOf('Some words.', '', '## Phase 1', '', '- [ ] T009 New', '- [ ] T002 Two', '- [ ] T001 One');
    expect(task(after, 'T002').id).toBe(task(before, 'T002').id);
    expect(task(after, 'T001').id).toBe(task(before, 'T001').id);
  });
});

describe('labels', () => {
  it.each([
    ['T001 [P] [US1] Add', ['P', 'US1'], 'Add'],
    ['T001 [US1] [P] Add', ['US1', 'P'], 'Add'],
    ['T001 [US2][US3] Add', ['US2', 'US3'], 'Add'],
    ['T001 [US3+US4] Add', ['US3', 'US4'], 'Add'],
    ['T001 [FOUND] Add', ['FOUND'], 'Add'],
    ['T001 [P] [POLISH] Add', ['P', 'POLISH'], 'Add'],
    ['[P] T001 Add', ['P'], 'Add'],
    ['T001 Add `app/[id]/page.tsx`', [], 'Add `app/[id]/page.tsx`'],
    ['T001 [id] is a segment', [], '[id] is a segment'],
    ['T001 Use [US1] of before', [], 'Use [US1] of before'],
    ['T001 [P](https://example.com) is linked', [], '[P](https://example.com) is linked'],
  ])('%s', async (written, labels, text) => {
    expect(workOf(await tasksOf('## Phase 1', `- [ ] ${written}`)).map((each) => [each.labels, each.text])).toEqual([
      [labels, text],
    ]);
  });
});

describe('marks', () => {
  it.each([
    [' ', 'todo'],
    ['x', 'done'],
    ['X', 'done'],
    ['-', 'cancelled'],
    ['~', 'doing'],
    ['?', 'unknown'],
  ])('[%s] is %s', async (mark, status) => {
    expect(workOf(await tasksOf('## Phase 1', `- [${mark}] T001 Add`)).map((each) => each.status)).toEqual([status]);
  });

  it('an unknown one is reported and counts as open', async () => {
    const spec = await tasksOf('## Phase 1', '- [?] T001 Add');
    expect(spec.diagnostics.map(placeOf)).toEqual(['SPEC_CHECKBOX_MARKER 4:3']);
    expect(buildGraph(spec).tasks).toHaveLength(3);
  });

  it('nobody waits for what is done or cancelled', async () => {
    const spec = await tasksOf('## Phase 1', '- [ ] T001 One', '- [x] T002 Two', '- [-] T003 Three', '- [ ] T004 Four');
    expect(needsOf(spec, 'T004')).toEqual(['T001 structural']);
    expect(buildGraph(spec).tasks.map(({ id }) => id)).toEqual(['work:t001', 'work:t004', 'verify:work', 'gate']);
  });
});

describe('a checkbox in a heading', async () => {
  const spec = await tasksOf(
    '## Phase 1',
    '### - [x] T008 [US1] Login',
    'Some words.',
    '- [ ] The form is shown',
    '### [ ] T009 Logout',
    '- plain',
  );

  it('is a task, and what stands below it belongs to it', () => {
    expect(workOf(spec).map(({ sourceId, status, labels }) => [sourceId, status, labels])).toEqual([
      ['T008', 'done', ['US1']],
      ['T009', 'todo', []],
    ]);
    expect(requirementsOf(spec).map(({ parent, text }) => [parent, text])).toEqual([['work:t008', 'The form is shown']]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('checkboxes without an id', () => {
  it('under a task are its criteria', async () => {
    const spec = await tasksOf('## Phase 1', '- [ ] T001 Add', '  - [ ] It works', '  - [x] It is fast', '  - plain');
    expect(requirementsOf(spec).map(({ parent, requirementKind, box }) => [parent, requirementKind, box?.line])).toEqual([
      ['work:t001', 'criterion', 5],
      ['work:t001', 'criterion', 6],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 1, subTask: 0, criterion: 2, diagnostic: 0 });
    expect(spec.diagnostics).toEqual([]);
    expect(task(spec, 'T001').details).toBe('- [ ] It works\n  - [x] It is fast\n  - plain');
  });

  it.each([
    ['in an acceptance list', ['## Acceptance', '- [ ] All tests pass', '- [ ] No warning'], 'SPEC_CHECKBOX_ACCEPTANCE'],
    ['behind such a label', ['**验收标准**：', '', '- [ ] 全部通过', '- [ ] 无警告'], 'SPEC_CHECKBOX_ACCEPTANCE'],
    ['with the id of a criterion', ['- [ ] US1-AC1: It is shown', '- [ ] US1-AC2: It is sent'], 'SPEC_CHECKBOX_ACCEPTANCE'],
    ['among numbered tasks', ['- [ ] Some thing', '- [ ] Another'], 'SPEC_TASK_WITHOUT_ID'],
  ])('%s are criteria, and one diagnostic says so', async (_, lines, code) => {
    const spec = await tasksOf('## Phase 1', '- [ ] T001 Add', '', 'Words.', '', ...lines);
    expect(spec.diagnostics.map((each) => each.code)).toEqual([code]);
    expect(spec.coverage.boxes).toEqual({ task: 1, subTask: 0, criterion: 2, diagnostic: 0 });
    expect(buildGraph(spec).tasks).toHaveLength(3);
  });

  it('are tasks in a file that numbers none', async () => {
    const spec = await tasksOf('## Phase 1', '- [ ] Add', '  - [ ] Half', '- [ ] 1.2 Remove', '## Acceptance', '- [ ] It works');
    expect(workOf(spec).map(({ name, sourceId, parent }) => [name, sourceId, parent !== undefined])).toEqual([
      ['Add', undefined, false],
      ['Half', undefined, true],
      ['Remove', '1.2', false],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 2, subTask: 1, criterion: 1, diagnostic: 0 });
  });
});

describe('what looks like a task and is none', () => {
  it.each([
    ['a line without a checkbox', '- T003 Do it', 'SPEC_TASK_UNMARKED'],
    ['a row of a table', '| T003 | Do it |', 'SPEC_TASK_UNMARKED'],
    ['a heading', '### T003 Do it', 'SPEC_TASK_UNMARKED'],
    ['a legend', '- [P] tasks = different files', 'SPEC_CHECKBOX_LEGEND'],
    ['a box in a comment', '<!--\n- [ ] T003 Do it\n-->', 'SPEC_BLOCK_IGNORED'],
    ['a box in a quote', '> - [ ] T003 Do it', 'SPEC_BLOCK_IGNORED'],
    ['a box without words', '- [ ]', 'SPEC_CHECKBOX_IGNORED'],
  ])('%s is named', async (_, line, code) => {
    const spec = await tasksOf('## Phase 1', '- [ ] T001 Add', '', 'Words.', '', line);
    expect(spec.diagnostics.map((each) => each.code)).toEqual([code]);
    expect(workOf(spec)).toHaveLength(1);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('is not looked for outside of phases', async () => {
    expect((await tasksOf('## Phase 1', '- [ ] T001 Add', '## Implementation Strategy', '- T001 first')).diagnostics).toEqual([]);
  });

  it('is not every section that is about a format', async () => {
    const spec = await tasksOf(
      '## Format: `[ID] [P?]`',
      '- [ ] T000 [US1] Description',
      '## Phase 1',
      '### Format Validator',
      '- [ ] T001 Add',
    );
    expect(workOf(spec).map((each) => each.sourceId)).toEqual(['T001']);
    expect(spec.diagnostics.map((each) => each.code)).toEqual(['SPEC_CHECKBOX_IGNORED']);
  });
});

describe('phases', () => {
  it.each([
    '## Phase 1: Setup',
    '## Phase 1：初始化',
    '## 阶段 1：初始化',
    '## 第一阶段：初始化',
    '## フェーズ1: 準備',
    '## 단계 1: 준비',
    '## 1단계: 준비',
    '## Fase 1: Preparación',
    '## Etapa 1 - Preparação',
    '## Phase 1 : Préparation',
    '## Aşama 1: Hazırlık',
    '## Phase N: Polish',
    '### Phase 3.1: Setup',
    '## **Phase 2**',
  ])('%s', async (heading) => {
    const spec = await tasksOf(heading, '#### Inner', '- [ ] T001 One', '### Phase Dependencies', '- T009 comes last');
    expect(workOf(spec).map((each) => each.milestone)).toEqual([heading.replace(/^#+ /, '').replaceAll('**', '')]);
  });

  it('may be sections of other names', async () => {
    const spec = await tasksOf('## Setup', '- [ ] T001 [P] One', '## Core', '- [ ] T002 [P] Two');
    expect(workOf(spec).map((each) => each.milestone)).toEqual(['Setup', 'Core']);
    expect(needsOf(spec, 'T002')).toEqual(['T001 structural']);
  });

  it('have their story for tasks without a label', async () => {
    expect((await tasksOf('## Phase 3: User Story 2 - Pay', '- [ ] T001 One')).elements).toHaveLength(1);
  });
});

describe('files that several tasks write', () => {
  it('put them in a row', async () => {
    const spec = await tasksOf(
      '## Phase 1',
      '- [ ] T001 [P] A in `src/a.ts`',
      '- [ ] T002 [P] B in src/b.ts',
      '- [ ] T003 [P] C in src/a.ts',
    );
    expect(needsOf(spec, 'T002')).toEqual([]);
    expect(needsOf(spec, 'T003')).toEqual(['T001 same-file']);
  });

  it.each([
    ['Next.js segments', 'in `app/[id]/(tabs)/page.tsx`', ['app/[id]/(tabs)/page.tsx']],
    ['paths in parentheses', 'Add (src/a.ts) and src/b.py.', ['src/a.ts', 'src/b.py']],
    ['paths in other scripts', '在src/a.ts中实现', ['src/a.ts']],
    ['with a line number', 'in `src/a.ts:12-40`', ['src/a.ts']],
    ['the specification itself', 'per specs/001-x/plan.md and contracts/api.yaml', []],
    ['outside of the project', 'in ../other/a.ts and /etc/a.conf', []],
    ['routes and bare names', 'GET `/api/orders` in `orders.ts`, `.tsx`', []],
    ['folders, if there is nothing else', 'tests in tests/unit/', ['tests/unit/']],
    ['root files', 'Update `package.json`', ['package.json']],
  ])('%s', async (_, text, writes) => {
    expect(task(await tasksOf('## Phase 1', `- [ ] T001 ${text}`), 'T001').writes).toEqual(writes);
  });
});
