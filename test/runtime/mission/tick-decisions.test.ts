import { describe, expect, it } from 'vitest';

import type { TaskProof } from '../../../src/runtime/mission/task-proofs.ts';
import { tickDecisions } from '../../../src/runtime/mission/tick-decisions.ts';
import { buildGraph } from '../../../src/spec/build-graph.ts';
import { interpret } from '../../../src/spec/interpret.ts';

const EMPTY: TaskProof = { state: 'empty' };
const FAILED: TaskProof = { state: 'unproven', reason: 'It failed.' };
const PROVEN: TaskProof = { state: 'proven', statements: ['sha256:1'] };

/** What is decided of each task and criterion of a source, by its line, when `proofs` say this of tasks, by line. */
async function decided(text: string, proofs: Record<number, TaskProof> = {}, only?: number[]): Promise<Record<number, string>> {
  const bundle = { root: '/', name: 'tasks', files: [{ path: '.kiro/specs/shop/tasks.md', text }] };
  const specification = await interpret(bundle);
  const lines = new Map(specification.elements.map(({ id, source }) => [id, source.line]));
  const graph = buildGraph(specification);
  const tasks = graph.tasks.filter(({ id }) => only?.includes(lines.get(id) ?? 0) ?? true);
  const decisions = tickDecisions(specification, { ...graph, tasks }, ({ id }) => proofs[lines.get(id) ?? 0] ?? PROVEN);
  return Object.fromEntries(decisions.map((each) => [each.element.source.line, each.tick ? 'tick' : each.reason]));
}

const KIRO = `# Implementation Plan

- [ ] 1. Lay out
  - [ ] 1.1 Folders
  - [x] 1.2 Names
- [ ] 2. Checkpoint - ensure all tests pass
- [ ] 3. Sell
`;

describe('tickDecisions', () => {
  it('ticks what is proven, and what sums up what is proven', async () => {
    expect(await decided(KIRO)).toEqual({ 3: 'tick', 4: 'tick', 6: 'tick', 7: 'tick' });
    expect(await decided(KIRO, { 3: EMPTY, 6: EMPTY })).toEqual({ 3: 'tick', 4: 'tick', 6: 'tick', 7: 'tick' });
  });

  it('does not tick what left nothing to speak of', async () => {
    expect(await decided(KIRO, { 4: EMPTY, 7: EMPTY })).toEqual({
      3: 'Its sub-task `1.1 Folders` is not proven.',
      4: 'It left no file, so that no statement speaks of it.',
      6: 'tick',
      7: 'It left no file, so that no statement speaks of it.',
    });
  });

  it('keeps a checkpoint that left nothing open while anything before it is', async () => {
    const found = await decided(KIRO, { 4: FAILED, 6: EMPTY });
    expect(found[4]).toBe('It failed.');
    expect(found[3]).toBe('Its sub-task `1.1 Folders` is not proven.');
    expect(found[6]).toMatch(/, which it waits for, is not proven\.$/);
  });

  it('is silent of tasks that nobody asked for, and takes them for open', async () => {
    expect(await decided(KIRO, {}, [3, 7])).toEqual({ 3: 'Its sub-task `1.1 Folders` is not proven.', 7: 'tick' });
  });

  it('lets a part stay open that need not be done and was not asked for', async () => {
    const text = KIRO.replace('- [ ] 1.1', '- [ ]* 1.1');
    expect(await decided(text, {}, [3])).toEqual({ 3: 'tick' });
    expect((await decided(text, { 4: FAILED }, [3, 4]))[3]).toBe('Its sub-task `1.1 Folders` is not proven.');
  });

  it('takes no criterion for met', async () => {
    const text = '# Shop\n\n- [ ] T1: Sell\n';
    const bundle = { root: '/', name: 'spec', files: [{ path: 'spec.md', text }] };
    const specification = await interpret(bundle);
    const work = specification.elements.find(({ kind }) => kind === 'work');
    const base = { section: '', source: { file: 'spec.md', line: 9, column: 1, endLine: 9 }, text: 'It is sold.' };
    const box = { line: 9, column: 4 };
    const criterion = { ...base, kind: 'requirement', requirementKind: 'criterion', id: 'c', name: 'c', box } as const;
    const elements = [...specification.elements, { ...criterion, parent: work?.id ?? '' }];
    const reasons = (proof: TaskProof) =>
      tickDecisions({ elements }, buildGraph(specification), () => proof).map((each) => (each.tick ? 'tick' : each.reason));
    expect(reasons(PROVEN)).toEqual(['tick', expect.stringMatching(/^It is a criterion/)]);
    expect(reasons(FAILED)).toEqual(['It failed.']);
  });
});
