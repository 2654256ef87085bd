import { describe, expect, it } from 'vitest';

import { interpret } from '../../../../src/spec/interpret.ts';
import { bundleOf } from '../../bundle-of.ts';
import { codesOf, kiroOf, requirementsOf, workOf } from './kiro-spec.ts';

const TASKS = '# Implementation Plan\n\n- [ ] 1. A\n  - _Requirements: 1.1_\n';
const REQUIREMENTS = '# Requirements Document\n\n### Requirement 1: A\n\n#### Acceptance Criteria\n\n1. THE S SHALL b\n';
const dialectOf = async (files: Record<string, string>, root = '/bundle'): Promise<string> =>
  (await interpret({ ...bundleOf(files), root })).dialect;

describe('a bundle of Kiro', () => {
  it.each([
    [{ '.kiro/specs/a/tasks.md': TASKS }],
    [{ 'README.md': '# A', 'app/.kiro/specs/a/tasks.md': TASKS }],
    [{ 'specs/a/tasks.md': TASKS, 'specs/a/requirements.md': REQUIREMENTS, 'steering/product.md': '# P' }],
    [{ 'a/tasks.md': TASKS, 'a/requirements.md': REQUIREMENTS }],
    [{ 'tasks.md': TASKS, 'requirements.md': REQUIREMENTS, 'spec.json': '{}' }],
    [{ 'tasks.md': TASKS }],
    [{ 'requirements.md': REQUIREMENTS }],
    [{ '.kiro/settings/templates/specs/tasks.md': TASKS, '.kiro/steering/product.md': '# P' }],
    [{ 'tasks.md': '# Uygulama Planı\n- [ ] 1. A\n' }],
  ])('is recognised: %j', async (files) => expect(await dialectOf(files)).toBe('kiro'));

  it('is recognised by where it lies', async () =>
    expect(await dialectOf({ 'tasks.md': '- [ ] a\n' }, '/x/.kiro/specs/a')).toBe('kiro'));

  it.each([
    [{ 'tasks.md': '## 1. Group\n- [ ] 1.1 A\n' }],
    [{ 'openspec/changes/a/tasks.md': '## 1. Group\n- [ ] 1.1 A\n', 'openspec/changes/a/proposal.md': '# P' }],
    [{ 'changes/a/tasks.md': TASKS, 'changes/a/proposal.md': '# P', 'changes/a/design.md': '# D' }],
    [{ 'specs/001-a/tasks.md': '- [ ] T001 A\n', 'specs/001-a/spec.md': '# S', 'specs/001-a/plan.md': '# P' }],
    [{ 'spec.md': '# Shop\n## Parts\n- Component: A\n' }],
    [{ 'requirements.md': '# Wishes\n- Component: A\n' }],
    [{ '.kiro/steering/product.md': '# P\n', 'spec.md': '# Shop\n- Component: A\n' }],
  ])('is not: %j', async (files) => expect(await dialectOf(files)).not.toBe('kiro'));
});

describe('files around specifications', () => {
  it('are context: steering, templates, research, READMEs', async () => {
    const spec = await kiroOf({
      '.kiro/settings/templates/specs/tasks.md': TASKS,
      '.kiro/specs/a/research.md': '- [ ] 9. Look\n',
      '.kiro/specs/a/tasks.md': TASKS,
      '.kiro/steering/roadmap.md': '- [ ] 1. Grow\n',
      'AGENTS.md': '- [ ] 1. Behave\n',
    });
    expect(workOf(spec).map(({ text }) => text)).toEqual(['A']);
    expect(spec.diagnostics.map(({ code, message, files }) => ({ code, message, files }))).toEqual([
      {
        code: 'SPEC_CONTEXT_FILE',
        message:
          '3 files below .kiro are not read as specification, since each is context for agents: .kiro/settings/templates/specs/tasks.md, .kiro/specs/a/research.md and .kiro/steering/roadmap.md; their 3 checkboxes are no tasks.',
        files: ['.kiro/settings/templates/specs/tasks.md', '.kiro/specs/a/research.md', '.kiro/steering/roadmap.md'],
      },
      {
        code: 'SPEC_CONTEXT_FILE',
        message: 'AGENTS.md is context for agents, and is not read as specification; its checkbox is no task.',
        files: undefined,
      },
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 1, subTask: 0, criterion: 0, diagnostic: 4 });
  });

  it('are the notes of the tools', async () => {
    const spec = await kiroOf({ 'requirements.md': REQUIREMENTS, 'spec.json': '{"phase": broken', 'tasks.md': TASKS });
    expect(codesOf(spec)).toEqual([]);
  });

  it('are contracts', async () => {
    const schema = '{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Order","type":"object"}';
    const spec = await kiroOf({ '.kiro/specs/a/order.schema.json': schema, '.kiro/specs/a/tasks.md': TASKS });
    expect(spec.elements.map(({ kind }) => kind)).toEqual(['contract', 'work']);
  });
});

it('is no mixture where its tasks have numbers that others use', async () => {
  const files = { 'tasks.md': '# Tasks\n\n- [ ] T001 A\n- [ ] T002 B\n', 'requirements.md': REQUIREMENTS, 'design.md': '# D\n' };
  const spec = await interpret({ ...bundleOf(files), root: '/x/.kiro/specs/a' });
  expect([spec.dialect, ...codesOf(spec)]).toEqual(['kiro']);
});

describe('several specifications', () => {
  const FILES = {
    '.kiro/specs/a/requirements.md': REQUIREMENTS,
    '.kiro/specs/a/tasks.md': TASKS,
    '.kiro/specs/archived/b/requirements.md': REQUIREMENTS,
    '.kiro/specs/archived/b/tasks.md': TASKS,
  };

  it('keep their ids apart', async () => {
    const spec = await kiroOf(FILES);
    expect(workOf(spec).map(({ id, covers }) => [id, ...covers])).toEqual([
      ['work:a:1', 'requirement:a:1-1'],
      ['work:archived-b:1', 'requirement:archived-b:1-1'],
    ]);
    expect(codesOf(spec)).toEqual(['SPEC_ARCHIVED_OPEN']);
  });

  it('are history in an archive', async () => {
    const tasks = '- [ ] 1. A\n- [x] 2. B\n- [-] 3. C\n';
    const spec = await kiroOf({ '.kiro/specs/_archived/b/tasks.md': tasks, '.kiro/specs/a/tasks.md': TASKS });
    expect(workOf(spec).map(({ id, status }) => `${id} ${status}`)).toEqual([
      'work:archived-b:1 cancelled',
      'work:archived-b:2 done',
      'work:archived-b:3 cancelled',
      'work:a:1 todo',
    ]);
    expect(workOf(await kiroOf({ 'tasks.md': tasks }))[0]?.status).toBe('todo');
  });

  it('do not take the requirements of others', async () => {
    const spec = await kiroOf({ '.kiro/specs/a/tasks.md': TASKS, '.kiro/specs/b/requirements.md': REQUIREMENTS });
    expect(workOf(spec)[0]?.covers).toEqual([]);
    expect(requirementsOf(spec)).toHaveLength(2);
  });
});

it('keeps ids when lines move', async () => {
  const moved = TASKS.replace('- [ ] 1', 'Some words.\n\n- [ ] 1');
  expect(workOf(await kiroOf({ 'tasks.md': moved }))[0]?.id).toBe(workOf(await kiroOf({ 'tasks.md': TASKS }))[0]?.id);
});

it('reads on after a fence that is never closed', async () => {
  const spec = await kiroOf({
    'tasks.md': '# Plan\n\n```markdown\n```text\nx\n```\n\n```\n\n- [ ] 1. A\n\n## More\n\n- [ ] 2. B\n',
  });
  expect(workOf(spec)).toMatchObject([
    { sourceId: '1', source: { line: 10 } },
    { sourceId: '2', source: { line: 14 } },
  ]);
  expect(codesOf(spec)).toEqual(['SPEC_FENCE_OPEN']);
});
