import { describe, expect, it } from 'vitest';

import { diagnosticOf } from '../../bundle-of.ts';
import { changeWith, codesOf, criteriaOf, edgesOf, tasksOf } from './change-with.ts';

describe('tasks of a change', () => {
  it('reads groups and numbered tasks, in the order of the file', async () => {
    const spec = await changeWith(
      '# Tasks',
      '',
      '## 1. Store',
      '- [x] 1.1 Add `src/store.ts`',
      '- [ ] 1.2 Index it',
      '',
      '## 2. Web',
      '- [ ] 2.1 Show it',
    );
    expect(tasksOf(spec).map(({ id, sourceId, name, status, milestone }) => ({ id, sourceId, name, status, milestone }))).toEqual(
      [
        { id: 'work:add-x:1-1', sourceId: '1.1', name: 'Add `src/store.ts`', status: 'done', milestone: '1. Store' },
        { id: 'work:add-x:1-2', sourceId: '1.2', name: 'Index it', status: 'todo', milestone: '1. Store' },
        { id: 'work:add-x:2-1', sourceId: '2.1', name: 'Show it', status: 'todo', milestone: '2. Web' },
      ],
    );
    expect(tasksOf(spec)[0]?.writes).toEqual(['src/store.ts']);
    expect(edgesOf(spec)).toEqual(['2.1 <- 1.2 structural']);
    expect(codesOf(spec)).toEqual([]);
  });

  it('takes wrapped lines for text and what is below for details', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 Do this',
      '      and that',
      '  - how',
      '',
      '    in code',
      '- [ ] 1.2 More',
    );
    expect(tasksOf(spec)[0]).toMatchObject({
      text: 'Do this and that',
      details: '- how\n  in code',
      source: { line: 2, endLine: 6 },
    });
  });

  it('takes what stands behind or below `Files:` for what a task writes, and shows links by their text', async () => {
    const spec = await changeWith(
      '## 1. A',
      '### Task 1.1: Add [the store](../src/) of things',
      '**Files**:',
      '- `src/store.ts` — as `docs/plan.md` says',
      '- `src/index.ts`',
      '**Notes**:',
      '- like `src/other.ts`',
      '- [ ] 1.2 Show it',
      '  - Affected files: `web/page.ts`',
    );
    expect(tasksOf(spec).map(({ name, writes }) => [name, writes])).toEqual([
      ['Add the store of things', ['src/store.ts', 'src/index.ts']],
      ['Show it', ['web/page.ts']],
    ]);
  });

  it('reads tasks without numbers, and gives them an id that stays when lines move', async () => {
    const [first] = tasksOf(await changeWith('## Work', '- [ ] Write it'));
    const [, moved] = tasksOf(await changeWith('## Work', '', '- [ ] Before', '- [ ] Write it'));
    expect(first).toMatchObject({ name: 'Write it', status: 'todo' });
    expect(first).not.toHaveProperty('sourceId');
    expect(moved?.id).toBe(first?.id);
  });

  it('reads `1.`, `*` and `+` as list markers', async () => {
    const spec = await changeWith('## 1. A', '1. [x] First', '+ [ ] 1.2 Second', '* [ ] 1.3 Third', '2) [ ] Fourth');
    expect(tasksOf(spec).map(({ status, sourceId }) => [status, sourceId])).toEqual([
      ['done', undefined],
      ['todo', '1.2'],
      ['todo', '1.3'],
      ['todo', undefined],
    ]);
  });

  it('reads bare numbers, letters, bold numbers and the word for a task', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1. Whole',
      '- [ ] **1.1** Bold',
      '- [ ] 1.2a Letter',
      '- [ ] Task 1.3: Word',
      '- [ ] 3 tests pass',
      '- [ ] 1.4. Dot',
      '- [ ] A.1.1.2 Section',
      '- [ ] T1: 名称',
      '- [ ] C3 is a name',
    );
    expect(tasksOf(spec).map(({ sourceId, name }) => [sourceId, name])).toEqual([
      ['1', 'Whole'],
      ['1.1', 'Bold'],
      ['1.2a', 'Letter'],
      ['1.3', 'Word'],
      [undefined, '3 tests pass'],
      ['1.4', 'Dot'],
      ['A.1.1.2', 'Section'],
      ['T1', '名称'],
      [undefined, 'C3 is a name'],
    ]);
  });

  it('reads ids of letters, dashes and numbers, and a letter with a number where a mark ends it', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] TASK-002a One',
      '- [ ] **T-I18N-004** — Two',
      '- [ ] WU-02: Three',
      '- [ ] **T3** [P] Four',
      '- [ ] **T4**: Five',
      '- [ ] T5 — Six (depends on T4, TASK-002a)',
      '- [ ] E2E tests run',
    );
    expect(tasksOf(spec).map(({ sourceId, name }) => [sourceId, name])).toEqual([
      ['TASK-002a', 'One'],
      ['T-I18N-004', 'Two'],
      ['WU-02', 'Three'],
      ['T3', 'Four'],
      ['T4', 'Five'],
      ['T5', 'Six (depends on T4, TASK-002a)'],
      [undefined, 'E2E tests run'],
    ]);
    expect(edgesOf(spec, 'explicit')).toEqual(['T5 <- T4 explicit', 'T5 <- TASK-002a explicit']);
  });

  it('makes indented boxes parts of the task above', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 Whole',
      '  - [x] one',
      '  - [ ] two',
      '    - [ ] three',
      '- [ ] 1.2 Next',
    );
    const [whole, one, two, three, next] = tasksOf(spec);
    expect([one?.parent, two?.parent, three?.parent, next?.parent]).toEqual([whole?.id, whole?.id, two?.id, undefined]);
    expect(spec.coverage.boxes).toEqual({ task: 2, subTask: 3, criterion: 0, diagnostic: 0 });
    expect(edgesOf(spec)).toEqual([
      '1.1 <- one structural',
      '1.1 <- two structural',
      'two <- three structural',
      '1.2 <- 1.1 structural',
    ]);
  });

  it('makes `1.2.1` a part of `1.2` where both are tasks', async () => {
    const spec = await changeWith('## 1. A', '- [ ] 1.2 Whole', '- [ ] 1.2.1 Part', '- [ ] 1.3.1 No part');
    const [whole, part, other] = tasksOf(spec);
    expect(part?.parent).toBe(whole?.id);
    expect(other?.parent).toBeUndefined();
  });

  it('reads headings as tasks where no boxes stand below them', async () => {
    const spec = await changeWith(
      '## Phase 1: Base',
      '',
      '### Task 1.1: Lay it',
      '- **File**: `src/base.ts`',
      '- how',
      '',
      '### 1.2 Raise it ✅',
      '',
      '## Phase 2: Rest',
      '### 任务 2.1：完成',
    );
    expect(tasksOf(spec).map(({ sourceId, name, status, writes }) => ({ sourceId, name, status, writes }))).toEqual([
      { sourceId: '1.1', name: 'Lay it', status: 'todo', writes: ['src/base.ts'] },
      { sourceId: '1.2', name: 'Raise it', status: 'done', writes: [] },
      { sourceId: '2.1', name: '完成', status: 'todo', writes: [] },
    ]);
    expect(edgesOf(spec)).toEqual(['2.1 <- 1.1 structural']);
  });

  it('takes a numbered heading with boxes below for a group, and one that says `Task` for a task', async () => {
    const spec = await changeWith(
      '## 1. A',
      '### 1.1 Group',
      '- [ ] 1.1.1 Do',
      '### Task 1.2: Whole',
      '- [x] part',
      '- [x] other part',
    );
    expect(tasksOf(spec).map(({ sourceId, status }) => [sourceId, status])).toEqual([
      ['1.1.1', 'todo'],
      ['1.2', 'done'],
      [undefined, 'done'],
      [undefined, 'done'],
    ]);
  });

  it('takes a heading whose id is that of a task for one, with its boxes and what it needs', async () => {
    const spec = await changeWith(
      '## Phase 1',
      '#### T1.1: Model',
      '**Dependencies:** None (alongside T1.2)',
      '- [x] add it',
      '#### T1.2: Store',
      '**Dependencies:** T1.1 (its types)',
      '- [ ] keep it',
      '### TASK-7 — Check',
      '**Depends on**: T1.1 through T1.2',
    );
    expect(tasksOf(spec).map(({ sourceId, name, status }) => [sourceId, name, status])).toEqual([
      ['T1.1', 'Model', 'done'],
      [undefined, 'add it', 'done'],
      ['T1.2', 'Store', 'todo'],
      [undefined, 'keep it', 'todo'],
      ['TASK-7', 'Check', 'todo'],
    ]);
    expect(edgesOf(spec, 'explicit')).toEqual(['T1.2 <- T1.1 explicit', 'TASK-7 <- T1.2 explicit', 'TASK-7 <- T1.1 explicit']);
    expect(codesOf(spec)).toEqual([]);
  });

  it('takes a box without text for that of the heading it stands under', async () => {
    const spec = await changeWith(
      '## 1. A',
      '### Task 1.1 — Write',
      '- [x]',
      '**Owner**: ann',
      '',
      '### Task 1.2 — Read',
      '- [ ]',
    );
    expect(tasksOf(spec).map(({ sourceId, status, box }) => [sourceId, status, box?.line])).toEqual([
      ['1.1', 'done', 3],
      ['1.2', 'todo', 7],
    ]);
    expect(spec.coverage.boxes).toMatchObject({ task: 2, diagnostic: 0 });
  });

  it('reads headings that hold a box', async () => {
    const spec = await changeWith('## 1. A', '### - [x] 1.1 Done', 'how', '### [ ] 1.2 Open', '- [ ] part');
    expect(tasksOf(spec).map(({ sourceId, status, details }) => [sourceId, status, details])).toEqual([
      ['1.1', 'done', 'how'],
      ['1.2', 'todo', undefined],
      [undefined, 'todo', undefined],
    ]);
    expect(spec.coverage.boxes).toMatchObject({ task: 2, subTask: 1 });
  });

  it('reads bullets with a sign as tasks in groups of tasks', async () => {
    const spec = await changeWith('## 1. A', '- ✅ 1.1 Done', '- ⏳ Waits', '', '## Summary', '- ✅ All is well');
    expect(tasksOf(spec).map(({ name, status }) => [name, status])).toEqual([
      ['Done', 'done'],
      ['Waits', 'todo'],
    ]);
  });

  it('takes `[~]` for begun, or for left out where the text says so', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [~] 1.1 Half of it',
      '- [~] 1.2 (skipped — no need) Rest',
      '- [~] 1.3 跳过：不需要',
      '- [-] 1.4 Gone',
      '- [ ] ~~1.5 Struck~~',
      '- [?] 1.6 Odd',
      '- [~] 1.7 Tables **done**, the index deferred',
      '- [~] 1.8 Not done: deferred',
    );
    expect(tasksOf(spec).map(({ status }) => status)).toEqual([
      'doing',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
      'unknown',
      'doing',
      'cancelled',
    ]);
    expect(tasksOf(spec)[4]).toMatchObject({ sourceId: '1.5', name: 'Struck' });
    expect(codesOf(spec)).toEqual(['SPEC_CHECKBOX_MARKER']);
  });

  it('does not read boxes in fences, comments and quotes, and says so', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 Real',
      '  ```md',
      '  - [ ] 1.2 Example',
      '  ```',
      '<!--',
      '- [ ] 1.3 Hidden',
      '-->',
      '> - [ ] 1.4 Quoted',
      '- [P] = parallel',
    );
    expect(tasksOf(spec).map(({ sourceId }) => sourceId)).toEqual(['1.1']);
    expect(codesOf(spec)).toEqual(['SPEC_BLOCK_IGNORED', 'SPEC_BLOCK_IGNORED', 'SPEC_CHECKBOX_IGNORED', 'SPEC_CHECKBOX_LEGEND']);
    expect(spec.coverage.boxes).toEqual({ task: 1, subTask: 0, criterion: 0, diagnostic: 4 });
  });

  it('takes unnumbered boxes of acceptance lists for criteria', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 Do',
      '  - Acceptance:',
      '    - [ ] it works',
      '  - [ ] a part',
      '',
      '## Success Criteria',
      '- [ ] fast',
      '- [ ] 9.9 numbered',
    );
    expect(tasksOf(spec).map(({ name }) => name)).toEqual(['Do', 'a part', 'numbered']);
    expect(criteriaOf(spec).map(({ name, requirementKind, parent }) => [name, requirementKind, parent])).toEqual([
      ['it works', 'acceptance', 'work:add-x:1-1'],
      ['fast', 'acceptance', undefined],
    ]);
    expect(diagnosticOf(spec, 'SPEC_CHECKBOX_ACCEPTANCE').line).toBe(4);
  });

  it('keeps boxes under a numbered `Verification` or `验证` as tasks', async () => {
    const spec = await changeWith('## 3. Verification', '- [ ] run the tests', '## 4. 验证', '- [ ] 4.1 验证');
    expect(tasksOf(spec).length).toBe(2);
  });

  it('marks tasks optional and parallel as the text says', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 [P] One',
      '- [ ] 1.2 [P] Two',
      '- [ ] 1.3 Three',
      '## 2. Docs (optional)',
      '- [ ] 2.1 Write',
    );
    expect(tasksOf(spec).map(({ optional }) => optional)).toEqual([false, false, false, true]);
    expect(edgesOf(spec)).toEqual(['1.3 <- 1.1 structural', '1.3 <- 1.2 structural', '2.1 <- 1.3 structural']);
  });

  it('reports numbers of other groups, bullets without boxes, and files without tasks', async () => {
    expect(codesOf(await changeWith('## 1. A', '- [ ] 2.1 Wrong', '- 1.2 No box'))).toEqual([
      'OPENSPEC_TASK_NUMBER',
      'SPEC_TASK_UNMARKED',
    ]);
    expect(codesOf(await changeWith('# Tasks', '', 'None yet.'))).toContain('OPENSPEC_TASKS_MISSING');
  });
});
