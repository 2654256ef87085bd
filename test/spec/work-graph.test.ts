import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../src/spec/build-graph.ts';
import type { Element, WorkElement } from '../../src/spec/model.ts';
import { requirementCoverage } from '../../src/spec/requirement-coverage.ts';
import { sectionOf } from './bundle-of.ts';

const source = { file: 'tasks.md', line: 1, column: 1, endLine: 1 };

function work(id: string, fields: Partial<WorkElement> = {}): WorkElement {
  const lists = { writes: [], covers: [], labels: [], needs: [] };
  return {
    kind: 'work',
    id,
    name: id,
    text: id,
    section: '',
    source,
    status: 'todo',
    optional: false,
    checkpoint: false,
    ...lists,
    ...fields,
  };
}

const after = (...ids: string[]): Partial<WorkElement> => ({
  needs: ids.map((task) => ({ task, kind: 'explicit', because: `after ${task}` })),
});
const graphOf = async (...elements: Element[]): Promise<string[]> =>
  buildGraph({ ...(await sectionOf('- [ ] x')), elements }).tasks.map(
    ({ id, needs }) => `${id}←${needs.map((need) => need.task).join(',')}`,
  );

describe('the tasks of a source', () => {
  it('come in the order of their needs, and the gate after the last of them', async () => {
    expect(await graphOf(work('a', after('c')), work('b'), work('c'), work('d', after('a')))).toEqual([
      'b←',
      'c←',
      'a←c',
      'd←a',
      'verify:work←b,c,a,d',
      'gate←verify:work',
    ]);
  });

  it('do not wait for what is settled, nor for what is not there', async () => {
    expect(await graphOf(work('a', { status: 'done' }), work('b', after('a', 'gone')))).toEqual([
      'b←',
      'verify:work←b',
      'gate←verify:work',
    ]);
    expect(await graphOf(work('a', { status: 'cancelled' }))).toEqual(['gate←']);
  });

  it('stand in the package if there is one', async () => {
    const tasks = buildGraph(await sectionOf('- A demand', '- [ ] Do it')).tasks.map(({ id }) => id);
    expect(tasks).toEqual([
      'scaffold',
      expect.stringMatching(/^work:do-it-/),
      'assemble',
      'verify:package',
      'verify:work',
      'gate',
    ]);
    expect(buildGraph(await sectionOf('- [ ] Do it')).tasks.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^work:do-it-/),
      'verify:work',
      'gate',
    ]);
  });

  it('carry what their agent must know', async () => {
    const [task] = buildGraph({
      ...(await sectionOf('- [ ] x')),
      elements: [
        work('work:a', {
          sourceId: 'T1',
          milestone: 'Phase 1',
          priority: 'P3',
          writes: ['src/a.ts'],
          covers: ['requirement:r'],
          details: 'more',
        }),
      ],
    }).tasks;
    expect(task).toMatchObject({
      sourceId: 'T1',
      milestone: 'Phase 1',
      priority: 'P3',
      writes: ['src/a.ts'],
      requirements: ['work:a', 'requirement:r'],
      fragment: { text: 'work:a', details: 'more' },
    });
  });

  it('are whole even in a circle', async () => {
    expect((await graphOf(work('a', after('b')), work('b', after('a')))).toSorted()).toHaveLength(4);
  });
});

describe('coverage of requirements', () => {
  const requirement = (id: string, parent?: string): Element => ({
    kind: 'requirement',
    requirementKind: 'functional',
    id,
    name: id,
    text: id,
    section: '',
    source,
    ...(parent === undefined ? {} : { parent }),
  });

  it('goes down from the whole to its parts, and counts the parts', () => {
    const elements = [
      requirement('s'),
      requirement('s1', 's'),
      requirement('s2', 's'),
      requirement('r'),
      work('t', { covers: ['s'] }),
      work('u'),
    ];
    expect(requirementCoverage(elements)).toEqual({ total: 3, covered: 2, uncovered: ['r'], tasksWithout: ['u'] });
  });

  it('of a criterion is the task it is part of', () => {
    expect(requirementCoverage([requirement('c', 't'), work('t')])).toEqual({
      total: 1,
      covered: 1,
      uncovered: [],
      tasksWithout: ['t'],
    });
  });

  it('is shared between a task and its parts', () => {
    const elements = [
      requirement('r'),
      work('t', { covers: ['r'] }),
      work('p', { parent: 't' }),
      work('q'),
      work('q1', { parent: 'q', covers: ['r'] }),
    ];
    expect(requirementCoverage(elements).tasksWithout).toEqual([]);
  });

  it('says nothing where there are no requirements', () => {
    expect(requirementCoverage([work('t')])).toEqual({ total: 0, covered: 0, uncovered: [], tasksWithout: [] });
  });
});
