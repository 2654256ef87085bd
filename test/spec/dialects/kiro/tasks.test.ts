import { describe, expect, it } from 'vitest';

import type { WorkElement } from '../../../../src/spec/model.ts';
import { codesOf, edgesOf, kiroOf, requirementsOf, tasksOf, text, workOf } from './kiro-spec.ts';

/** The task that one line becomes. */
async function taskOf(line: string): Promise<WorkElement | undefined> {
  return workOf(await tasksOf(line))[0];
}

describe('a task of Kiro', () => {
  it.each([
    ['- [ ] 1. Set up', '1', 'Set up'],
    ['- [ ] 1.2 Set up', '1.2', 'Set up'],
    ['- [ ] 1.2. Set up', '1.2', 'Set up'],
    ['- [ ] **9.2** (Optional) Set up', '9.2', 'Set up'],
    ['- [ ] **3. Set up**', '3', 'Set up'],
    ['- [ ] 0.V Look at it', '0.V', 'Look at it'],
    ['- [ ] Task 4: Set up', '4', 'Set up'],
    ['- [ ] 任务 2：建立', '2', '建立'],
    ['- [ ] 3、建立', '3', '建立'],
    ['- [ ] ２．準備', '2', '準備'],
    ['- [ ] 1.1（P）準備', '1.1', '準備'],
    ['- [ ] 7 Ürünler', '7', 'Ürünler'],
    ['- [ ] 2.5 Same for `a.json` `(P)`', '2.5', 'Same for `a.json`'],
    ['* [ ] 1. Set up', '1', 'Set up'],
    ['1. [ ] 1.1 Set up', '1.1', 'Set up'],
    ['### - [ ] 5. Set up', '5', 'Set up'],
    ['- [ ] T4 Set up', 'T4', 'Set up'],
    ['- [ ] A.3 Set up', 'A.3', 'Set up'],
    ['- [ ] **TPBT.1**：Set up', 'TPBT.1', 'Set up'],
    ['- [ ] **REGISTRY-1: Set up**', 'REGISTRY-1', 'Set up'],
    ['- [ ] 3.a Set up', '3.a', 'Set up'],
  ])('%s has the id %s', async (line, id, title) => {
    expect(await taskOf(line)).toMatchObject({ sourceId: id, text: title, status: 'todo' });
  });

  it.each([
    '- [ ] 404 pages are shown',
    '- [ ] S3 bucket',
    '- [ ] 3D model',
    '- [ ] 2024-01-15 release',
    '- [ ] COVID-19 banner',
    '- [ ] Write tests',
  ])('%s has none', async (line) => {
    expect((await taskOf(line))?.sourceId).toBeUndefined();
    expect((await taskOf(line))?.text).toBe(line.slice(6));
  });

  it.each([
    ['- [ ]* 1.1 Test', true],
    [String.raw`- [ ]\* 1.1 Test`, true],
    ['- [x]* 1.1 Test', true],
    ['- [ ]*1.1 Test', true],
    ['- [ ] 12.7* Test', true],
    ['- [ ] 9.2 (Optional) Test', true],
    ['- [ ] 1.1 テスト（オプション）', true],
    ['- [ ] 1.1 Test (optional, after the release)', true],
    ['- [ ] 1.1 Make the field optional', false],
  ])('%s is optional: %s', async (line, optional) => {
    expect(await taskOf(line)).toMatchObject({ optional, sourceId: /\d+\.\d+/.exec(line)?.[0] });
  });

  it.each([
    ['[x]', 'done'],
    ['[X]', 'done'],
    ['[-]', 'doing'],
    ['[~]', 'doing'],
    ['[ ]', 'todo'],
  ])('%s is %s', async (marker, status) => {
    expect((await taskOf(`- ${marker} 1. A`))?.status).toBe(status);
  });

  it('says what an unknown mark is taken for', async () => {
    const spec = await tasksOf('- [?] 1. A');
    expect(workOf(spec)[0]?.status).toBe('unknown');
    expect(codesOf(spec)).toContain('SPEC_CHECKBOX_MARKER');
  });

  it.each([
    ['Checkpoint - Ensure all tests pass', true],
    ['Final checkpoint — all tests', true],
    ['Checkpoint: Tüm testler', true],
    ['检查点：全部测试', true],
    ['最終チェックポイント - 確認', true],
    ['Abschluss-Checkpoint – Alle Tests bestehen', true],
    ['Checkpoint A：全部', true],
    ['Checkpoint store for sessions', false],
    ['Write checkpoint files', false],
  ])('%s is a checkpoint: %s', async (title, checkpoint) => {
    expect((await taskOf(`- [ ] 3. ${title}`))?.checkpoint).toBe(checkpoint);
  });

  it('takes a gate 0.V for a checkpoint', async () => {
    expect((await taskOf('- [ ] 0.V Verify'))?.checkpoint).toBe(true);
  });
});

describe('parts of a task', () => {
  const parts = async (...lines: string[]): Promise<(string | undefined)[]> => {
    const work = workOf(await tasksOf(...lines));
    return work.map(({ parent }) => work.find(({ id }) => id === parent)?.sourceId);
  };

  it('are told by number at indent 2', async () =>
    expect(await parts('- [ ] 1. A', '  - [ ] 1.1 B', '  - [ ] 1.2 C')).toEqual([undefined, '1', '1']));
  it('are told by number at indent 0', async () =>
    expect(await parts('- [ ] 1. A', '- [ ] 1.1 B', '', '- [ ] 2. C', '- [ ] 2.1 D')).toEqual([undefined, '1', undefined, '2']));
  it('are told by indent where they have no number', async () =>
    expect(await parts('- [ ] 1. A', '  - [ ] B', '  - [ ] C')).toEqual([undefined, '1', '1']));
  it('nest', async () =>
    expect(await parts('- [ ] 1. A', '  - [ ] 1.1 B', '    - [ ] 1.1.1 C')).toEqual([undefined, '1', '1.1']));
  it('need no whole', async () =>
    expect(await parts('### 1. Group', '- [ ] 1.1 A', '- [ ] 1.2 B')).toEqual([undefined, undefined]));
  it('follow many blank lines', async () =>
    expect(await parts('- [ ] 1. A', '', '', '', '', '', '  - [ ] 1.1 B')).toEqual([undefined, '1']));
  it('may be indented like code', async () =>
    expect(await parts('- [ ] 1. A', '', '## More', '', '    - [ ] 1.1 B')).toEqual([undefined, '1']));
});

describe('what stands under a task', () => {
  const REQUIREMENTS = text(
    '# R',
    '### Requirement 1: A',
    '#### Acceptance Criteria',
    '1. WHEN a THE S SHALL b',
    '2. THE S SHALL c',
    '### R13：B',
    '1. THE S SHALL d',
  );
  const coversOf = async (...lines: string[]) => {
    const spec = await kiroOf({ 'requirements.md': REQUIREMENTS, 'tasks.md': text('# Plan', '- [ ] 1. A', ...lines) });
    const names = new Map(requirementsOf(spec).map(({ id, sourceId }) => [id, sourceId]));
    return { covers: workOf(spec)[0]?.covers.map((id) => names.get(id)), codes: codesOf(spec) };
  };

  it.each([
    ['  - _Requirements: 1.1, 1.2_', ['1.1', '1.2']],
    ['_Requirements: 1.1_', ['1.1']],
    ['  - Requirements：1、R13', ['1', 'R13']],
    ['  - **Gereksinim:** 1, 13', ['1', 'R13']],
    ['  - _Gereksinimler: 1.1 (önkoşul)_', ['1.1']],
    ['  - _要件: 13.1_', ['13.1']],
    ['- _Requirements: R1.1, R1.2_', ['1.1', '1.2']],
    ['  - **Validates: Requirements 1.1, 1.2**', ['1.1', '1.2']],
    ['  - _Requirements: 1.1-1.2_', ['1.1', '1.2']],
    ['  - _Requirements: 1.1–13.1 (all)_', ['1.1', '13.1', '1.2']],
    ['  - _Requirements: Req 1.1, Req 13.1_', ['1.1', '13.1']],
    ['  - _需求: 需求1, 需求13_', ['1', 'R13']],
    ['  - _Requirements: 1.1–1.2；Design: 3.1、8_', ['1.1', '1.2']],
    ['  - _要件: かわいいデザイン R13, アニメーション R1.2_', ['R13', '1.2']],
    ['  - _Требования: 1.1, 13.1_', ['1.1', '13.1']],
    ['  - _المتطلبات: 1.1_', ['1.1']],
  ])('%s is linked', async (line, ids) => {
    const { covers, codes } = await coversOf(line);
    expect(covers).toEqual(ids);
    expect(codes).not.toContain('SPEC_COVERAGE_PROSE');
  });

  it.each(['  - _Requirements: All requirements - validation_', '  - _Requirements: 全般_'])('%s is prose', async (line) => {
    const { covers, codes } = await coversOf(line);
    expect(covers).toEqual([]);
    expect(codes).toContain('SPEC_COVERAGE_PROSE');
  });

  it('is linked as far as it is ids, and told for the rest', async () => {
    const { covers, codes } = await coversOf('  - _Requirements: 1.1; the wish of the customer_');
    expect(covers).toEqual(['1.1']);
    expect(codes).toContain('SPEC_COVERAGE_PROSE');
  });

  it('is told once a file', async () => {
    const lines = [
      '- [ ] 1. A',
      '  - _Requirements: All_',
      '- [ ] 2. B',
      '  - _Requirements: 全般_',
      '- [ ] 3. C',
      '  - _Важно: проверить_',
    ];
    const told = (await tasksOf(...lines)).diagnostics.filter(({ code }) => code === 'SPEC_COVERAGE_PROSE');
    expect(told).toMatchObject([{ line: 4, message: expect.stringContaining('on lines 4, 6') }]);
  });

  it('names requirements that are not there', async () => {
    const { codes } = await coversOf('  - _Requirements: 1.1, 9.8, 9.9_');
    expect(codes.filter((code) => code === 'SPEC_REQUIREMENT_UNKNOWN')).toHaveLength(1);
  });

  it('keeps details as written, up to the next task', async () => {
    const [task] = workOf(await tasksOf('- [ ] 1. A', '  - do this', '    ```sh', '    run', '    ```', '', '## Notes', 'text'));
    expect(task).toMatchObject({ details: '  - do this\n    ```sh\n    run\n    ```' });
  });

  it('is the whole one where it stands beside parts without numbers', async () => {
    const lines = [
      '- [ ] 1. A',
      '- [ ] 2. B',
      '  - [ ] new',
      '  - more',
      '  - _Depends: 1_',
      '  - [ ] newer',
      '    - _Depends: 1_',
    ];
    expect(edgesOf(await tasksOf(...lines)).filter((edge) => edge.includes('explicit'))).toEqual([
      '2 ← 1 (explicit)',
      'newer ← 1 (explicit)',
    ]);
  });

  it('reads the boundary of cc-sdd', async () => {
    const [task] = workOf(await tasksOf('- [ ] 1.1 (P) A', '  - _Boundary: Store, src/store/_'));
    expect(task).toMatchObject({ labels: ['P', 'Store'], writes: ['src/store/'] });
  });

  it('takes checkboxes under acceptance criteria for criteria', async () => {
    const spec = await tasksOf(
      '- [ ] 1. A',
      '  - Acceptance criteria:',
      '    - [ ] it works',
      '    - [ ] it is fast',
      '- [ ] 2. B',
    );
    expect(workOf(spec).map(({ sourceId }) => sourceId)).toEqual(['1', '2']);
    expect(spec.coverage.boxes).toEqual({ task: 2, subTask: 0, criterion: 2, diagnostic: 0 });
    expect(requirementsOf(spec)[0]).toMatchObject({ requirementKind: 'acceptance', parent: workOf(spec)[0]?.id });
  });
});

describe('checkboxes that are no tasks', () => {
  it.each([
    [['## Success Criteria', '- [ ] all is well'], 'SPEC_CHECKBOX_ACCEPTANCE'],
    [['## Notes', '- [ ] means open'], 'SPEC_CHECKBOX_LEGEND'],
    [['- [P] parallel'], 'SPEC_CHECKBOX_LEGEND'],
    [['```', '- [ ] 2. example', '```'], 'SPEC_BLOCK_IGNORED'],
    [['> - [ ] 2. quoted'], 'SPEC_BLOCK_IGNORED'],
    [['<!-- - [ ] 2. hidden -->', '<!--', '- [ ] 3. hidden', '-->'], 'SPEC_BLOCK_IGNORED'],
    [['- [ ] {{NUMBER}}. {{TASK}}'], 'SPEC_TEMPLATE_TEXT'],
    [['## Requirements Coverage', '- [x] 1.1 by task 1'], 'SPEC_CHECKBOX_ACCEPTANCE'],
  ])('%j', async (lines, code) => {
    const spec = await tasksOf('- [ ] 1. A', '', ...lines);
    expect(workOf(spec)).toHaveLength(1);
    expect(codesOf(spec)).toContain(code);
    expect(codesOf(spec)).not.toContain('SPEC_CHECKBOX_IGNORED');
  });

  it('are tasks in such a section if they have numbers', async () => {
    expect(workOf(await tasksOf('## Verification', '- [ ] 1. A', '- [ ] 2. B'))).toHaveLength(2);
  });

  it.each([
    ['### Phase 4 — i18n coverage (Tasks 1 – 2)'],
    ['## Test coverage'],
    ['### 14. Compatibility matrix'],
    ['## Phase 2：上传（最新覆盖）'],
    ['## Update the output format'],
  ])('are tasks under %s', async (heading) => {
    expect(workOf(await tasksOf(heading, '- [ ] 1. A', '- [ ] 2. B'))).toHaveLength(2);
  });

  it.each([['## Task 4: Update the success criteria'], ['### 10.3 格式和可用性检查'], ['### Update the output format']])(
    'are tasks under %s even without numbers',
    async (heading) => {
      const spec = await tasksOf(heading, '- [ ] A', '- [ ] B');
      expect(workOf(spec).filter(({ name }) => name === 'A' || name === 'B')).toHaveLength(2);
    },
  );

  it('are named once where they stand among notes', async () => {
    const spec = await tasksOf('- [ ] 1. A', '## Notes', '- [ ] b', '- [ ] c', '## Conventions', '- [ ] d');
    expect(spec.diagnostics).toMatchObject([
      { code: 'SPEC_CHECKBOX_LEGEND', line: 5, message: expect.stringContaining('lines 5, 6, 8') },
    ]);
  });

  it('names a file without any', async () => {
    expect(
      codesOf(
        await kiroOf({
          'requirements.md': '### Requirement 1: A\n1. THE S SHALL b\n',
          'tasks.md': '# Plan\n## Work\n1) A\n| a | b |\n',
        }),
      ),
    ).toContain('SPEC_TASK_UNMARKED');
  });
});

describe('headings that are tasks', () => {
  const told = async (...lines: string[]) =>
    workOf(await tasksOf(...lines)).map(
      ({ sourceId, name, status, parent }) =>
        `${sourceId ?? '-'} ${name} ${status}${parent === undefined ? '' : ` in ${parent}`}`,
    );

  it('have checkboxes without numbers as parts', async () => {
    expect(await told('## Task 1: Search', '- [x] A', '- [x] B', '', '## Task 2: Bar (P)', '- [x] C', '- [ ] D')).toEqual([
      '1 Search done',
      '- A done in work:1',
      '- B done in work:1',
      '2 Bar todo',
      '- C done in work:2',
      '- D todo in work:2',
    ]);
  });

  it('have criteria, needs and requirements', async () => {
    const spec = await kiroOf({
      'requirements.md': text('### Requirement 1: A', '1. THE S SHALL b'),
      'tasks.md': text(
        '# 任務',
        '## Major Task 1: 甲',
        '### Sub-task 1.1: 乙',
        '**驗收標準**:',
        '- [x] 可用',
        '',
        '### Sub-task 1.2: 丙 (P)',
        '',
        '**驗收標準**:',
        '- [ ] 快速',
        '',
        '**對應需求**: 1',
        '',
        '**依賴**: 任務 1.1 ✅ (已完成)',
        '#### Notes',
        'text',
      ),
    });
    expect(workOf(spec)).toMatchObject([
      { sourceId: '1', name: '甲', status: 'todo' },
      { sourceId: '1.1', status: 'done', parent: 'work:1' },
      { sourceId: '1.2', status: 'todo', parent: 'work:1', labels: ['P'], covers: ['requirement:1'] },
    ]);
    expect(workOf(spec)[2]?.needs).toMatchObject([{ task: 'work:1-1', kind: 'explicit' }]);
    expect(workOf(spec)[2]?.details).toContain('**依賴**');
    expect(requirementsOf(spec).filter(({ requirementKind }) => requirementKind === 'acceptance')).toMatchObject([
      { parent: 'work:1-1' },
      { parent: 'work:1-2' },
    ]);
  });

  it('are ticked by a list of them', async () => {
    const spec = await tasksOf(
      '### Task 1.1: Schema',
      'text',
      '### Task 1.2: Route',
      '## Checklist',
      '- [x] Task 1.1: Schema',
      '- [ ] Task 1.2: Route',
      '- [ ] Task 1.1 - 1.2',
    );
    expect(workOf(spec)).toMatchObject([
      { sourceId: '1.1', status: 'done', details: 'text', box: { line: 7 } },
      { sourceId: '1.2', status: 'todo', box: { line: 8 } },
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 2, subTask: 0, criterion: 0, diagnostic: 1 });
    expect(codesOf(spec)).toEqual(['SPEC_ID_REPEATED']);
  });

  it.each([
    [['## Task 1: A ✅', 'text'], ['1 A done']],
    [['## TASK-001: A', '**Status**: In progress'], ['TASK-001 A doing']],
    [['## Task 1: A', '- [ ] 1.1 B'], ['1.1 B todo']],
    [['- [ ] 1. A', '## Task 1: what was found'], ['1 A todo']],
    [['## Tasks', '### Task force', '- [ ] A'], ['- A todo']],
    [['## Task {{N}}: A', '## Task 1: {{title}}'], []],
  ])('%j', async (lines, tasks) => expect(await told(...lines)).toEqual(tasks));

  it('stand in the part of the work above them', async () => {
    const work = workOf(await tasksOf('## Phase 1: Base', '### Task 1: A', '- [ ] B', '### Task 2: C'));
    expect(work.map(({ milestone }) => milestone)).toEqual(['Phase 1: Base', 'Task 1: A', 'Phase 1: Base']);
    expect(edgesOf(await tasksOf('## Phase 1', '### Task 1: A', '### Task 2 (P): B', '### Task 3 (P): C'))).toEqual([
      '2 ← 1 (structural)',
      '3 ← 1 (structural)',
    ]);
  });
});

it('keeps both of two tasks with one id, and means the nearer', async () => {
  const spec = await tasksOf('- [ ] 1. A', '- [ ] 1.1 B', '- [ ] 1. C', '- [ ] 1.1 D', '- [ ] 2. E', '  - _Depends: 1.1_');
  const work = workOf(spec);
  expect(new Set(work.map(({ id }) => id)).size).toBe(5);
  expect(codesOf(spec).filter((code) => code === 'SPEC_ID_REPEATED')).toHaveLength(2);
  expect(work.find(({ text: title }) => title === 'D')?.parent).toBe(work.find(({ text: title }) => title === 'C')?.id);
  expect(edgesOf(spec)).toContain('2 ← 1.1 (explicit)');
});
