import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../../src/spec/build-graph.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';
import { tasksOf, workOf } from './feature.ts';
import { cpuTime } from '../../cpu-time.ts';

const TASKS = `---
description: x
---
# Tasks: Shop

## Format: \`[ID] [P?]\`

## Phase 1: Setup

**Purpose**: words

- [x] T001 Create \`src/a.ts\`
- [ ] T002 [P] [US1] Test in src/b.ts (depends on T001, T003-T005)
  - [ ] criterion
  - [x] T003 part
- [-] T004 Off

### - [ ] T005 [US2] In a heading

## Phase 2：验收

- [ ] US1-AC1: accepted
- [ ] no id

## Dependencies & Execution Order

- T001 → T002 → T005
- T004, T005 depend on T001
- Phase 2 depends on Phase 1

\`\`\`mermaid
T001 --> T002
\`\`\`

## Notes

- [P] tasks = different files
| T009 | table |
`;
const SPEC = `# Feature Specification: Shop

### User Story 1 - Order (Priority: P1)

Words.

1. **Given** a, **When** b, **Then** c

- **FR-001**: MUST [NEEDS CLARIFICATION]
- [ ] SC-001: fast

| FR-002 | row |
`;

describe('whatever the text', () => {
  it('mutated tasks keep every law', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutationsOf([TASKS]),
        async (text) => void (await checkLaws({ 'tasks.md': text, 'spec.md': SPEC }, 'speckit')),
      ),
      { numRuns: 600 },
    );
  });

  it('a mutated specification keeps every law', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutationsOf([SPEC, TASKS]),
        async (text) => void (await checkLaws({ 'specs/001-a/spec.md': text, 'specs/001-a/tasks.md': TASKS }, 'speckit')),
      ),
      { numRuns: 300 },
    );
  });

  it('a mutated checklist keeps every law', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutationsOf([SPEC, TASKS]),
        async (text) => void (await checkLaws({ 'tasks.md': TASKS, 'checklists/a.md': text, 'plan.md': text }, 'speckit')),
      ),
      { numRuns: 200 },
    );
  });
});

const SIZE = 2 ** 18;
const inPhase = (line: string): Record<string, string> => ({ 'tasks.md': `## Phase 1\n\n- [ ] T001 ${line}\n` });
const inOrder = (line: string): Record<string, string> => ({ 'tasks.md': `- [ ] T001 A\n\n## Dependencies\n\n- ${line}\n` });
const inSpec = (line: string): Record<string, string> => ({ 'spec.md': `### User Story 1 - A\n\n- ${line}\n` });

describe('however long', () => {
  it.each<[string, Record<string, string>]>([
    ['labels', inPhase('[P] '.repeat(SIZE / 4))],
    ['emphasis', inPhase('*_'.repeat(SIZE / 2))],
    ['open brackets', inPhase('[('.repeat(SIZE / 2))],
    ['groups', inPhase('(depends on T001) '.repeat(SIZE / 16))],
    ['ids', inPhase(`(depends on ${'T001, '.repeat(SIZE / 8)})`)],
    ['ranges', inPhase(`(depends on ${'T001-T900, '.repeat(100)})`)],
    ['a path', inPhase('a/'.repeat(SIZE / 2))],
    ['a word', inPhase('a'.repeat(SIZE))],
    ['dots', inPhase('a.'.repeat(SIZE / 2))],
    ['backticks', inPhase('`'.repeat(SIZE))],
    ['arrows', inOrder('T001 → '.repeat(SIZE / 8))],
    ['fillers', inOrder(`T001 ${'veya'.repeat(SIZE / 8)} depends on T001`)],
    ['keywords', inOrder('depends on '.repeat(SIZE / 8))],
    ['a heading', { 'tasks.md': `## ${'phase '.repeat(SIZE / 8)}\n- [ ] T001 A` }],
    ['a story', { 'spec.md': `### ${'user story '.repeat(SIZE / 8)}1` }],
    ['givens', inSpec('**Given** '.repeat(SIZE / 8))],
    ['requirements', inSpec('FR-001-'.repeat(SIZE / 8))],
    ['a table', { 'spec.md': '| FR-001 | x |\n'.repeat(SIZE / 16) }],
    ['digits', inSpec(`FR-${'1'.repeat(SIZE)}`)],
    [
      'lists in lists',
      { 'tasks.md': Array.from({ length: 2000 }, (_, depth) => `${'  '.repeat(depth)}- [ ] T${depth}`).join('\n') },
    ],
  ])('%s', async (_, files) => {
    await checkLaws(files, 'speckit');
  });

  it('twenty thousand tasks in two phases have no more edges than they bear', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `- [ ] T${index} [P] Task`);
    const spec = await tasksOf('## Phase 1', ...lines.slice(0, 10_000), '## Phase 2', ...lines.slice(10_000));
    const started = cpuTime();
    expect(buildGraph(spec).tasks).toHaveLength(20_002);
    expect(cpuTime() - started).toBeLessThan(2000);
    expect(workOf(spec).reduce((sum, { needs }) => sum + needs.length, 0)).toBeLessThan(40_000);
  });

  it('one id ten thousand times is told apart', async () => {
    const spec = await tasksOf('## Phase 1', ...Array.from({ length: 10_000 }, () => '- [ ] T001 Task (depends on T001)'));
    expect(new Set(workOf(spec).map(({ id }) => id)).size).toBe(10_000);
  });
});
