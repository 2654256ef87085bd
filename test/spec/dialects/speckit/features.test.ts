import { describe, expect, it } from 'vitest';

import { featureOf, workOf } from './feature.ts';

describe('what lies about', () => {
  const tasks = '# Tasks: A\n\n## Phase 1\n\n- [ ] T001 A\n- [x] T002 B\n';

  it('is no feature where it belongs to the tool or only shows one', async () => {
    const spec = await featureOf({
      'specs/20260315-101500-shop/tasks.md': tasks,
      '.specify/extensions/audit/specs/001-audit/tasks.md': tasks,
      '.specify/extensions.yml': 'hooks: []\n',
      'tests/fixtures/001-sample/tasks.md': tasks,
    });
    expect(workOf(spec).map(({ source }) => source.file)).toEqual([
      'specs/20260315-101500-shop/tasks.md',
      'specs/20260315-101500-shop/tasks.md',
    ]);
    expect(spec.diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'SPEC_CONTEXT_FILE .specify/extensions/audit/specs/001-audit/tasks.md',
      'SPEC_CONTEXT_FILE tests/fixtures/001-sample/tasks.md',
    ]);
  });

  it('is cancelled where it is open in an archive', async () => {
    const spec = await featureOf({ 'specs/archive/001-a/tasks.md': tasks, 'specs/002-b/tasks.md': tasks });
    expect(workOf(spec).map(({ status }) => status)).toEqual(['cancelled', 'done', 'todo', 'done']);
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_ARCHIVED_OPEN']);
  });
});
