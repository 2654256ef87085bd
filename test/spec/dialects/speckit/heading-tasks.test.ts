import { describe, expect, it } from 'vitest';

import { ACCOUNTED, accountOf } from '../../bundle-of.ts';
import { needsOf, requirementsOf, task, tasksOf, workOf } from './feature.ts';

describe('tasks that are headings', async () => {
  const spec = await tasksOf(
    '## Phase 1: Setup',
    '',
    '### T001: Create the schema ✅',
    '**Files affected**: `db/01-schema.sql`',
    '**Depends on**: —',
    '',
    '### T002 [P] [US1] - Read orders',
    '**Description**: Read them (FR-001).',
    '**Depends on**: T001',
    '**Status**: ⏳ Pending',
    '',
    '#### Acceptance Criteria',
    '- [x] All are read',
    '',
    '### Task T003: Write orders',
    '',
    '- **Files**:',
    '  - `src/write.ts`',
    '- **Dependencies**: T001, T002',
    '',
    '- [x] First half',
    '- [ ] Second half',
    '',
    '## Phase 2: Polish',
    '',
    '### T004–T006: Several',
    '### T004 Tidy',
    '**Status**: [x]',
    '',
    '## Dependencies',
    '### T001 first',
    '- T003 → T004',
  );

  it('are read with their ids, phases and what their lines say', () => {
    expect(
      workOf(spec).map(({ sourceId, text, status, milestone, labels, writes }) => [
        sourceId,
        text,
        status,
        milestone,
        labels.join(),
        writes.join(),
      ]),
    ).toEqual([
      ['T001', 'Create the schema', 'done', 'Phase 1: Setup', '', 'db/01-schema.sql'],
      ['T002', 'Read orders', 'todo', 'Phase 1: Setup', 'P,US1', ''],
      ['T003', 'Write orders', 'doing', 'Phase 1: Setup', '', 'src/write.ts'],
      ['T004', 'Tidy', 'done', 'Phase 2: Polish', '', ''],
    ]);
    expect(task(spec, 'T003').details).toContain('- [ ] Second half');
    expect(needsOf(spec, 'T002')).toEqual(['T001 explicit']);
    expect(needsOf(spec, 'T003')).toEqual(['T001 explicit', 'T002 explicit']);
  });

  it('own the checkboxes below them as criteria', () => {
    expect(requirementsOf(spec).map(({ text, parent }) => [text, parent])).toEqual([
      ['All are read', task(spec, 'T002').id],
      ['First half', task(spec, 'T003').id],
      ['Second half', task(spec, 'T003').id],
    ]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(spec.diagnostics).toEqual([]);
  });

  it('may have parts with ids of their own', async () => {
    const parts = await tasksOf('### T001 - Migrate', '- [x] **T001.1** - Types', '- [x] **T001.2** - Code');
    expect(workOf(parts).map(({ sourceId, status, parent }) => [sourceId, status, parent !== undefined])).toEqual([
      ['T001', 'done', false],
      ['T001.1', 'done', true],
      ['T001.2', 'done', true],
    ]);
  });
});
