import { describe, expect, it } from 'vitest';

import { draft, requirement, settled } from './drafts.ts';

const explicit = (from: string, printed: string) =>
  ({ from, to: { printed }, kind: 'explicit', because: `depends on ${printed}` }) as const;
const layout = (from: string, key: string) => ({ from, to: { key }, kind: 'structural', because: 'order' }) as const;

describe('ids', () => {
  it('are made of scope and printed id, or of the text', () => {
    const tasks = [draft('T1', { scope: 'specs/a' }), draft('k', { sourceId: undefined as never, text: 'Write the parser' })];
    delete tasks[1]?.sourceId;
    expect(settled({ tasks }).work.map(({ id }) => id)).toEqual([
      'work:specs-a:t1',
      expect.stringMatching(/^work:write-the-parser-[0-9a-f]{6}$/),
    ]);
  });

  it('of equals get numbers, and no printed id of another', () => {
    const tasks = [draft('a', { sourceId: 'T1' }), draft('b', { sourceId: 'T1' }), draft('c', { sourceId: 'T1-2' })];
    const { work, codes } = settled({ tasks });
    expect(work.map(({ id }) => id)).toEqual(['work:t1', 'work:t1.2', 'work:t1-2']);
    expect(codes).toEqual(['SPEC_ID_REPEATED']);
  });
});

describe('ids that a whole file repeats', () => {
  it('are reported once', () => {
    const copy = { file: 'copy.md', line: 1, column: 1, endLine: 1 };
    const ids = ['T1', 'T2', 'T3', 'T4', 'T5'];
    const tasks = [...ids.map((id) => draft(id)), ...ids.map((id) => draft(`c${id}`, { sourceId: id, source: copy }))];
    expect(settled({ tasks }).codes).toEqual(['SPEC_ID_REPEATED']);
  });
});

describe('references', () => {
  it('mean the nearest before, in the same file, then in the scope, then anywhere if there is one', () => {
    const other = { file: 'b/tasks.md', line: 1, column: 1, endLine: 1 };
    const tasks = [
      draft('a1', { sourceId: 'T1', scope: 'a' }),
      draft('a2', { sourceId: 'T1', scope: 'a' }),
      draft('a3', { sourceId: 'T2', scope: 'a' }),
      draft('b1', { sourceId: 'T1', scope: 'b', source: other }),
      draft('b2', { sourceId: 'T3', scope: 'b', source: other }),
    ];
    const edges = [explicit('a3', 't1'), explicit('b2', 'T1'), explicit('b2', 'T2')];
    expect(settled({ tasks, edges }).needs).toEqual(['t2←t1.2 explicit', 't3←t1 explicit', 't3←t2 explicit']);
  });

  it('to nothing are reported', () => {
    expect(settled({ tasks: [draft('T1', { covers: [{ printed: 'FR-9' }] })], edges: [explicit('T1', 'T9')] })).toMatchObject({
      needs: [],
      codes: ['SPEC_DEPENDENCY_UNKNOWN', 'SPEC_REQUIREMENT_UNKNOWN'],
    });
  });

  it('to nothing are reported of the whole, and not once more of each part', () => {
    const tasks = [draft('T1'), draft('T1.1', { parent: 'T1' }), draft('T1.2', { parent: 'T1' })];
    expect(settled({ tasks, edges: [explicit('T1', 'T9')] }).codes).toEqual(['SPEC_DEPENDENCY_UNKNOWN']);
  });

  it('to requirements become their ids', () => {
    const tasks = [draft('T1', { covers: [{ printed: 'fr-1' }, { key: 'FR-1' }] })];
    expect(settled({ tasks, requirements: [requirement('FR-1')] }).work[0]?.covers).toEqual(['requirement:fr-1']);
  });
});

describe('edges', () => {
  it('between two tasks are one, the strongest', () => {
    const tasks = [draft('T1'), draft('T2')];
    expect(settled({ tasks, edges: [layout('T2', 'T1'), explicit('T2', 'T1'), layout('T2', 'T1')] }).needs).toEqual([
      't2←t1 explicit',
    ]);
  });

  it('close a task after its parts, and hand its needs down to them', () => {
    const tasks = [draft('T1'), draft('T2'), draft('T2.1', { parent: 'T2' }), draft('T2.2', { parent: 'T2' })];
    const { needs } = settled({ tasks, edges: [explicit('T2', 'T1')] });
    expect(needs).toEqual([
      't2←t1 explicit',
      't2←t2-1 structural',
      't2←t2-2 structural',
      't2-1←t1 structural',
      't2-2←t1 structural',
    ]);
  });

  it('hand many needs down to many parts by the first of them', () => {
    const names = Array.from({ length: 100 }, (_, index) => `N${index}`);
    const parts = names.map((name) => draft(`P${name}`, { parent: 'T' }));
    const { needs } = settled({
      tasks: [...names.map((name) => draft(name)), draft('T'), ...parts],
      edges: names.map((name) => explicit('T', name)),
    });
    expect(needs).toHaveLength(100 + 100 + 100 + 99);
  });

  it('go to settled tasks too, and hold nobody up', () => {
    const tasks = [draft('T1', { status: 'done' }), draft('T2'), draft('T3', { status: 'cancelled' })];
    expect(settled({ tasks, edges: [explicit('T2', 'T1'), explicit('T1', 'T2'), explicit('T2', 'T3')] })).toMatchObject({
      needs: ['t1←t2 explicit', 't2←t1 explicit', 't2←t3 explicit'],
      codes: [],
    });
  });

  it('put tasks that write the same in a row, in the order they have', () => {
    const tasks = [
      draft('T1', { writes: ['src/a.ts'] }),
      draft('T2', { writes: ['./src/a.ts'] }),
      draft('T3', { writes: ['src/**'] }),
    ];
    expect(settled({ tasks, edges: [explicit('T1', 'T3')] }).needs).toEqual([
      't1←t3 explicit',
      't1←t2 same-file',
      't3←t2 same-file',
    ]);
  });
});

describe('circles', () => {
  it('are errors; layout gives in without one', () => {
    const tasks = [draft('T1'), draft('T2')];
    expect(settled({ tasks, edges: [explicit('T1', 'T2'), explicit('T2', 'T1')] }).codes).toEqual(['SPEC_CYCLE']);
    expect(settled({ tasks, edges: [explicit('T1', 'T2'), layout('T2', 'T1')] })).toMatchObject({
      needs: ['t1←t2 explicit'],
      codes: ['SPEC_ORDER_CONTRADICTED'],
    });
    expect(settled({ tasks, edges: [explicit('T1', 'T1')] })).toMatchObject({ needs: [], codes: ['SPEC_CYCLE'] });
  });
});
