import { describe, expect, it } from 'vitest';

import { diagnosticOf, placeOf } from '../../bundle-of.ts';
import { needsOf, task, tasksOf } from './feature.ts';

const FIVE = ['## Phase 1', ...[1, 2, 3, 4, 5].map((number) => `- [ ] T00${number} [P] Task`), ''];

/** The needs of T005, whose text goes on as given. */
async function lastNeeds(text: string): Promise<string[]> {
  return needsOf(await tasksOf(...FIVE.slice(0, 5), `- [ ] T005 [P] Task ${text}`), 'T005');
}

describe('at a task', () => {
  it.each([
    ['(depends on T002)', ['T002']],
    ['(depends on T002, T003)', ['T002', 'T003']],
    ['(depends on T002, T003, and T004)', ['T002', 'T003', 'T004']],
    ['(depends on T002 + T003)', ['T002', 'T003']],
    ['(depends on T002-T004)', ['T002', 'T003', 'T004']],
    ['(depends on T002–T004)', ['T002', 'T003', 'T004']],
    ['(depends on T002-04)', ['T002', 'T003', 'T004']],
    ['(Depends: T002)', ['T002']],
    ['[depends on T002]', ['T002']],
    ['(after T002)', ['T002']],
    ['(depends on T002-T003 tests)', ['T002', 'T003']],
    ['(requires T002 completed)', ['T002']],
    ['（依赖 T002、T003）', ['T002', 'T003']],
    ['（依賴：T002）', ['T002']],
    ['（T002に依存）', ['T002']],
    ['(T002 의존)', ['T002']],
    ['(depende de T002 y T003)', ['T002', 'T003']],
    ['(depende de T002 e T003)', ['T002', 'T003']],
    ['(dépend de T002 et T003)', ['T002', 'T003']],
    ['(abhängig von T002 und T003)', ['T002', 'T003']],
    ['(bağımlı: T002 ve T003)', ['T002', 'T003']],
    ['; depends on T002, T003.', ['T002', 'T003']],
    ['(depends on T002; see docs)', ['T002']],
    ['(depends on T002 — same file)', ['T002']],
    ['(depends on T002, same file)', ['T002']],
    ['(can start after T003 completes)', ['T003']],
    ['（依赖 T002，可与 T004 并行）', ['T002']],
    ['（T002完成后）', ['T002']],
    ['（T002完了後。research.md を見よ）', ['T002']],
    ['(T002 이후 진행)', ['T002']],
    ["(T002'e bağlı)", ['T002']],
    ["(T002'den sonra)", ['T002']],
    ['(después de T002)', ['T002']],
    ['(hängt von T002 ab)', ['T002']],
    ['(зависит от T002 и T003)', ['T002', 'T003']],
    ['(после T002)', ['T002']],
    ['(dipende da T002-T004)', ['T002', 'T003', 'T004']],
    ['(zależy od T002, T003)', ['T002', 'T003']],
    ['(phụ thuộc T002)', ['T002']],
  ])('%s is obeyed', async (text, ids) => {
    expect(await lastNeeds(text)).toEqual(ids.map((id) => `${id} explicit`));
  });

  it.each([
    '(see T002)',
    '(part of T002)',
    'which does not depend on T002',
    'не зависит от T002',
    'последний T002',
    'with `depends_on: [db]` in docker-compose.yml',
    'like T002',
  ])('%s says nothing', async (text) => {
    expect(await lastNeeds(text)).toEqual([]);
    expect((await tasksOf(...FIVE, `- [ ] T006 [P] Task ${text}`)).diagnostics).toEqual([]);
  });

  it.each(['(depends on all above)', '(after Phase 2)', '(depends on T002 being merged by the other team)'])(
    '%s is reported, not obeyed',
    async (text) => {
      expect(await lastNeeds(text)).toEqual([]);
      expect((await tasksOf(...FIVE, `- [ ] T006 [P] Task ${text}`)).diagnostics.map((each) => each.code)).toEqual([
        'SPEC_DEPENDENCY_PROSE',
      ]);
    },
  );

  it('a bullet below it counts too', async () => {
    expect(
      needsOf(await tasksOf(...FIVE.slice(0, 5), '- [ ] T005 [P] Task', '  - **Dependencies**: T001, T003'), 'T005'),
    ).toEqual(['T001 explicit', 'T003 explicit']);
  });

  it('knows its line', async () => {
    expect(task(await tasksOf(...FIVE.slice(0, 5), '- [ ] T005 [P] Task (depends on T002)'), 'T005').needs[0]?.at).toEqual({
      file: 'tasks.md',
      line: 8,
    });
  });
});

describe('in the section about dependencies', () => {
  it.each([
    ['- T001 → T003 → T005', { T003: ['T001'], T005: ['T003'] }],
    ['- T001 -> T002, T003 -> T005', { T002: ['T001'], T003: ['T001'], T005: ['T002', 'T003'] }],
    ['- Models (T001–T003) → services (T005)', { T005: ['T001', 'T002', 'T003'] }],
    ['- T005 depends on T002, T003', { T005: ['T002', 'T003'] }],
    ['- T001→T002, T003→T005', { T002: ['T001'], T005: ['T003'] }],
    ['- T001→(T002, T003)→T005', { T002: ['T001'], T003: ['T001'], T005: ['T002', 'T003'] }],
    ['- Setup: T001, T002 in parallel; T003→T005 one by one', { T005: ['T003'] }],
    ['- T002 ‖ (T001→T003)', { T003: ['T001'] }],
    ['- T001 → T003/T004 (T003/T004 may be done together)', { T003: ['T001'], T004: ['T001'] }],
    ['| **US1** | T001 | T003→T005 |', { T005: ['T003'] }],
    ['```\nT001→T002→T003   T004 (parallel)\n```', { T002: ['T001'], T003: ['T002'] }],
    ['```\nOne by one: T001 → T003（types）\n```', { T003: ['T001'] }],
    ['- T002 is alone; T003 depends on T001. T005 depends on T003', { T003: ['T001'], T005: ['T003'] }],
    ['- T004, T005 depend on T001 (types)', { T004: ['T001'], T005: ['T001'] }],
    ['- **T005** requires T001 and T002', { T005: ['T001', 'T002'] }],
    ['- T005 依赖 T002、T003', { T005: ['T002', 'T003'] }],
    ['```\nT001 ║ T002 → T005\n```', { T005: ['T001', 'T002'] }],
    ['```\nT002 (b) ─┬─ T003\nT005 (c) ←─┘ depends on T002 + T003\n```', { T005: ['T002', 'T003'] }],
    ['```mermaid\ngraph LR\n  T001[Setup] --> T003[Core]\n  T003 --> T005\n```', { T003: ['T001'], T005: ['T003'] }],
  ])('%s', async (line, needs) => {
    const spec = await tasksOf(...FIVE, '## Dependencies & Execution Order', '', line);
    for (const id of ['T001', 'T002', 'T003', 'T004', 'T005']) {
      expect([id, needsOf(spec, id)]).toEqual([
        id,
        ((needs as Record<string, string[]>)[id] ?? []).map((each) => `${each} explicit`),
      ]);
    }
  });

  it.each([
    '- T002 and T003 can run in parallel',
    '- T004 waits until the review of T001 is over',
    '- **User Story 2** depends on US1',
    '- T001 → the database → T005',
    '- Tests (T001-T004) → code (T003-T005)',
    '| T005 | T001 |',
  ])('%s is reported, not obeyed', async (line) => {
    const spec = await tasksOf(...FIVE, '## 依存関係', '', line);
    expect(spec.diagnostics.map(placeOf)).toEqual([expect.stringMatching(/^SPEC_DEPENDENCY_PROSE 12:/)]);
    expect(needsOf(spec, 'T005')).toEqual([]);
  });

  it('arrows that all lead back mean "depends on"', async () => {
    const spec = await tasksOf(...FIVE, '## Dependencies', '- T003→T002, T005→T003');
    expect([needsOf(spec, 'T003'), needsOf(spec, 'T005')]).toEqual([['T002 explicit'], ['T003 explicit']]);
  });

  it('one that leads back among others that lead on means what they mean', async () => {
    const spec = await tasksOf(...FIVE, '## Dependencies', '- T001 → T002 → T004', '- T005 → T003');
    expect(needsOf(spec, 'T003')).toEqual(['T005 explicit']);
  });

  it('sentences are reported once a file, with their lines', async () => {
    const spec = await tasksOf(...FIVE, '## Dependencies', '- Phase 2 depends on Phase 1', '- US2 depends on US1');
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE').message).toContain('(11, 12)');
  });

  it('an id that no task has is reported', async () => {
    expect((await tasksOf(...FIVE, '## Dependencies', '- T001 → T099', '- T088 → T001')).diagnostics.map(placeOf)).toEqual([
      'SPEC_DEPENDENCY_UNKNOWN 11:3',
      'SPEC_DEPENDENCY_UNKNOWN 12:3',
    ]);
  });
});

describe('circles and contradictions', () => {
  it('a circle is an error that shows the path', async () => {
    const spec = await tasksOf(
      '## Phase 1',
      '- [ ] T001 A (depends on T003)',
      '- [ ] T002 B (depends on T001)',
      '- [ ] T003 C (depends on T002)',
    );
    const { severity, message } = diagnosticOf(spec, 'SPEC_CYCLE');
    expect([severity, message]).toEqual(['error', 'Tasks need each other in a circle: T001 → T003 → T002 → T001.']);
  });

  it('a task that depends on itself is in a circle of its own', async () => {
    expect(
      (await tasksOf('## Phase 1', '- [ ] T001 A', '- [ ] T001b B', '## Dependencies', '- T001 → T001b → T001')).diagnostics.map(
        (each) => each.code,
      ),
    ).toEqual(['SPEC_CYCLE']);
  });

  it('the order of the file gives in to a dependency against it', async () => {
    const spec = await tasksOf(
      '## Phase 1',
      '- [ ] T001 A (depends on T003)',
      '- [ ] T002 B',
      '## Phase 2',
      '- [ ] T003 C',
      '- [ ] T004 D',
    );
    expect(needsOf(spec, 'T001')).toEqual(['T003 explicit']);
    expect(needsOf(spec, 'T002')).toEqual([]);
    expect(needsOf(spec, 'T003')).toEqual(['T002 structural']);
    expect(spec.diagnostics.map(placeOf)).toEqual(['SPEC_ORDER_CONTRADICTED 4:3']);
  });
});
