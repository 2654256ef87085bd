import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import type { Task, TaskGraph } from '../../src/spec/model.ts';
import { contractWith, sectionOf, specOf } from './bundle-of.ts';

const SHOP = `# Shop

## Parts
- Component: Desk
  - Responsibilities: Takes orders.
  - Interfaces: REST \`POST /orders\`
- Component: Store
  - Responsibilities: Sends them.

## Contracts
- Contract: Order
  - Schema: \`{ id: UUID, lines: Line[] }\`
  - Producers: Desk
  - Consumers: Store, Desk
- Contract: Line
  - Schema: \`{ article: Article }\`
  - Producers: Desk
- Contract: Article
  - Schema: \`{ name: string }\`
  - Producers: Desk

## Outside
- Integration: Bank for payments
- [ ] Print the labels

## Rules
- Names are deleted.
`;
const graph = buildGraph(await specOf(SHOP));

function task(id: string, of: TaskGraph = graph): Task {
  const found = of.tasks.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no task ${id} among ${of.tasks.map((each) => each.id).join(', ')}`);
  return found;
}

function needsOf(id: string, of: TaskGraph = graph): string[] {
  return task(id, of).needs.map((need) => need.task);
}

/** Needs that come later than what waits for them, or that are no task. */
function misplaced({ tasks }: TaskGraph): string[] {
  const seen = new Set<string>();
  return tasks.flatMap(({ id, needs }) => {
    const late = needs.filter((need) => !seen.has(need.task)).map((need) => `${id} ← ${need.task}`);
    seen.add(id);
    return late;
  });
}

describe('tasks', () => {
  it('are one per element, one to check each, and the package around them', () => {
    expect(graph.tasks.map((each) => each.id)).toEqual([
      'scaffold',
      'contract:article',
      'verify:contract:article',
      'contract:line',
      'verify:contract:line',
      'contract:order',
      'verify:contract:order',
      'component:desk',
      'verify:component:desk',
      'component:store',
      'verify:component:store',
      'integration:bank',
      'verify:integration:bank',
      expect.stringMatching(/^work:print-the-labels-/),
      'assemble',
      'verify:package',
      'verify:work',
      'gate',
    ]);
  });

  it('come after all they need, and no id is there twice', () => {
    expect(misplaced(graph)).toEqual([]);
    expect(new Set(graph.tasks.map((each) => each.id)).size).toBe(graph.tasks.length);
  });

  it('have milestones in order', () => {
    const milestones = [...new Set(graph.tasks.map((each) => each.milestone))];
    expect(milestones).toEqual(['Foundation', 'Contracts', 'Components', 'Integrations', 'Work', 'Package', 'Gate']);
  });

  it('say what they can be done by', () => {
    const abilities = Object.fromEntries(graph.tasks.map((each) => [each.kind, `${each.ability} ${each.profile}`]));
    expect(abilities).toEqual({
      scaffold: 'contract-compiler author',
      contract: 'contract-compiler author',
      component: 'contract-compiler author',
      integration: 'contract-compiler author',
      work: 'model author',
      assemble: 'contract-compiler author',
      verification: 'qa tester',
      gate: 'gate releaser',
    });
  });

  it('of a ticked box are none', async () => {
    expect(buildGraph(await sectionOf('- [x] Done', '- [ ] Open')).tasks.filter((each) => each.kind === 'work')).toHaveLength(1);
  });
});

describe('needs', () => {
  it('put contracts before those that refer to them, and before components', () => {
    expect(needsOf('contract:order')).toEqual(['scaffold', 'contract:line']);
    expect(task('component:desk').needs).toEqual([
      { task: 'scaffold', kind: 'structural', because: 'every file needs the package around it' },
      { task: 'contract:order', kind: 'contract', because: 'Desk produces and consumes Order' },
      { task: 'contract:line', kind: 'contract', because: 'Desk produces Line' },
      { task: 'contract:article', kind: 'contract', because: 'Desk produces Article' },
    ]);
    expect(task('component:store').needs.at(-1)).toEqual({
      task: 'contract:order',
      kind: 'contract',
      because: 'Store consumes Order',
    });
  });

  it('of a check hold all that its files import, however indirectly', () => {
    expect(needsOf('verify:contract:order')).toEqual(['contract:order', 'scaffold', 'contract:line', 'contract:article']);
    expect(needsOf('verify:component:store').toSorted()).toEqual([
      'component:store',
      'contract:article',
      'contract:line',
      'contract:order',
      'scaffold',
    ]);
  });

  it('of the package are all that make it, and of the gate all that checks it', () => {
    const makers = graph.tasks.filter((each) => !['verification', 'assemble', 'gate'].includes(each.kind)).map((each) => each.id);
    expect(needsOf('assemble')).toEqual(makers);
    expect(needsOf('verify:package')).toEqual(['assemble', ...makers]);
    expect(needsOf('gate')).toEqual(
      graph.tasks
        .filter((each) => each.kind === 'verification')
        .map((each) => each.id)
        .toSorted(byPosition),
    );
  });

  it('all say why', () => {
    expect(graph.tasks.flatMap((each) => each.needs).filter((need) => need.because === '')).toEqual([]);
  });

  it('are free of circles even where the specification is not', async () => {
    const circular = buildGraph(await contractWith('{ other?: Other }', '- Contract: Other', '  - Schema: `{ thing?: Thing }`'));
    expect(misplaced(circular)).toEqual([]);
    expect(misplaced(buildGraph(await contractWith('{ next?: Thing }')))).toEqual([]);
  });
});

function byPosition(a: string, b: string): number {
  const ids = graph.tasks.map((each) => each.id);
  return ids.indexOf(a) - ids.indexOf(b);
}

describe('fragments', () => {
  it('hold all that a task is made from', () => {
    expect(task('scaffold').fragment).toEqual({ name: 'shop', title: 'Shop' });
    expect(task('contract:line').fragment).toMatchObject({
      name: 'Line',
      slug: 'line',
      refersTo: [{ name: 'Article', slug: 'article' }],
    });
    expect(task('component:desk').fragment).toEqual({
      name: 'Desk',
      slug: 'desk',
      responsibilities: ['Takes orders.'],
      interfaces: [{ kind: 'rest', name: 'POST /orders', description: 'REST', method: 'POST', path: '/orders' }],
      produces: [
        { name: 'Order', slug: 'order' },
        { name: 'Line', slug: 'line' },
        { name: 'Article', slug: 'article' },
      ],
      consumes: [{ name: 'Order', slug: 'order' }],
    });
    expect(task('integration:bank').fragment).toEqual({ name: 'Bank', slug: 'bank', purpose: 'payments' });
    expect(task('verify:contract:line').fragment).toEqual({ verifies: 'contract:line' });
  });

  it('name every line of the source once', () => {
    const lines = (task('assemble').fragment as JsonObject)['lines'] as { from: number; to: number; what: string }[];
    expect(lines.reduce((sum, run) => sum + run.to - run.from + 1, 0)).toBe(SHOP.split('\n').length - 1);
    expect(lines.find((run) => run.from === 4)).toEqual({ file: 'spec.md', from: 4, to: 6, what: 'component:desk' });
  });

  it('do not change with a typo in prose, nor with blanks', async () => {
    const prose = async (word: string): Promise<string> =>
      JSON.stringify(
        buildGraph(await specOf(SHOP.replace('## Parts', `Some ${word}.\n\n## Parts`))).tasks.map((each) => each.fragment),
      );
    expect(await prose('wrods')).toBe(await prose('words'));
  });

  it('change only where the specification does', async () => {
    const changed = buildGraph(await specOf(SHOP.replace('{ name: string }', '{ name: string, size: number }')));
    const different = changed.tasks
      .filter((each) => JSON.stringify(each.fragment) !== JSON.stringify(task(each.id).fragment))
      .map((each) => each.id);
    expect(different).toEqual(['contract:article']);
  });
});

describe('paths', () => {
  it('belong to one task each', () => {
    const writes = graph.tasks.flatMap((each) => each.writes);
    expect(new Set(writes).size).toBe(writes.length);
    expect(task('contract:line').writes).toEqual([
      'schemas/line.schema.json',
      'src/contracts/line.ts',
      'src/contracts/line.validator.*',
      'test/contracts/line.*',
    ]);
  });

  it('stay inside of the product whatever the names', async () => {
    const names = ['../../etc', 'CON', '状态', 'a/b', '.git', '__proto__'];
    const hostile = buildGraph(await sectionOf(...names.map((name) => `- Component: ${name}`)));
    for (const path of hostile.tasks.flatMap((each) => each.writes)) expect(path).toMatch(/^[A-Za-z0-9*._/-]+$/);
    expect(hostile.tasks.flatMap((each) => each.writes).filter((path) => path.includes('..'))).toEqual([]);
  });
});
