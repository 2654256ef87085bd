import { assert, nat, property, record, string, array, constantFrom, uniqueArray, boolean } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { NexusError } from '../../../src/base/errors.ts';
import { buildGraph } from '../../../src/spec/build-graph.ts';
import { driftBetween } from '../../../src/spec/lock/compare-locks.ts';
import { driftLines } from '../../../src/spec/lock/drift-lines.ts';
import { type GraphLock, lockOf, type LockedTask } from '../../../src/spec/lock/graph-lock.ts';
import { lockPath } from '../../../src/spec/lock/lock-path.ts';
import { isOwnLock, readLock } from '../../../src/spec/lock/read-lock.ts';
import { lockText } from '../../../src/spec/lock/write-lock.ts';
import { EDGE_KINDS } from '../../../src/spec/model.ts';
import { specOf } from '../bundle-of.ts';

const SHOP = [
  '# Shop',
  '',
  '## Parts',
  '',
  '- Component: Desk',
  '  - Responsibilities: Sells.',
  '  - Interfaces: REST `POST /orders`.',
  '- Contract: Order',
  '  - Schema: `{ id: UUID }`',
  '  - Producers: Desk',
  '- Control: Every order is kept for ten years.',
  '',
].join('\n');

async function lockFrom(text: string): Promise<GraphLock> {
  const specification = await specOf(text);
  return lockOf(specification, buildGraph(specification));
}

function task(id: string, needs: string[] = [], more: Partial<LockedTask> = {}): LockedTask {
  return {
    id,
    title: id,
    kind: 'work',
    optional: false,
    milestone: 'Work',
    priority: 'P1',
    profile: 'author',
    fragment: sha256(id),
    writes: [],
    requirements: [],
    needs: needs.map((need) => ({ task: need, kind: 'structural', because: 'it stands before' })),
    ...more,
  };
}

function lockWith(...tasks: LockedTask[]): GraphLock {
  return { specification: 'shop', dialect: 'native', tasks };
}

function drift(before: GraphLock, after: GraphLock, settled: string[] = []): string[] {
  const found = driftBetween(before, after, new Set(settled));
  return found === undefined ? [] : driftLines(found);
}

describe('the text of a lock', () => {
  it('is a block for each task, in the order of the ids, with a line for each fact', async () => {
    const lines = lockText(await lockFrom(SHOP)).split('\n');
    expect(lines.slice(2, 7)).toEqual(['lockVersion: 1', 'specification: shop', 'dialect: native', 'tasks:', '  assemble:']);
    const at = lines.indexOf('  component:desk:');
    expect(lines.slice(at, at + 6)).toEqual([
      '  component:desk:',
      '    title: "Component Desk"',
      '    kind: component',
      '    milestone: "Components"',
      '    priority: P1',
      '    profile: author',
    ]);
    expect(lines).toContain('      - { task: "contract:order", kind: contract, because: "Desk produces Order" }');
  });

  it('names no line: what is moved or reworded beside the elements changes no byte', async () => {
    expect(lockText(await lockFrom(SHOP.replace('## Parts', 'Some words.\n\n\n## Parts')))).toBe(lockText(await lockFrom(SHOP)));
  });

  it('holds no digest of everything: what branches change lies in different lines', async () => {
    const assembled = async (text: string) => (await lockFrom(text)).tasks.find(({ id }) => id === 'assemble');
    expect(await assembled(SHOP.replace('{ id: UUID }', '{ id: UUID, total: number }'))).toEqual(await assembled(SHOP));
    const numbered = SHOP.replace('Control: Every', 'C-1: Every');
    const reworded = numbered.replace('ten years', 'eleven years');
    expect(drift(await lockFrom(numbered), await lockFrom(reworded))).toEqual([
      expect.stringMatching(/^~ task assemble: controls control:c-1 sha256:\w{12} -> control:c-1 sha256:\w{12}$/),
    ]);
  });

  it('is read back as it was, whatever the words', () => {
    const word = string({ unit: 'binary', maxLength: 12 });
    const tasks = uniqueArray(string({ unit: 'binary', maxLength: 20 }), { maxLength: 6 }).chain((ids) =>
      array(
        record({
          title: word,
          sourceId: word,
          milestone: word,
          optional: boolean(),
          writes: uniqueArray(word, { maxLength: 3 }),
          edge: constantFrom(...EDGE_KINDS),
          because: word,
        }),
        { minLength: ids.length, maxLength: ids.length },
      ).map((facts) =>
        facts.map(({ edge, because, writes, ...fact }, index) =>
          task(ids[index] ?? '', [], {
            ...fact,
            writes: writes.toSorted(),
            needs: index === 0 ? [] : [{ task: ids[0] ?? '', kind: edge, because }],
          }),
        ),
      ),
    );
    assert(
      property(tasks, (all) => {
        const lock = lockWith(...all.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
        expect(readLock(lockText(lock), 'x')).toEqual(lock);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a lock that is none', async () => {
  const good = lockText(await lockFrom(SHOP));
  const failure = (text: string): NexusError => {
    try {
      readLock(text, 'shop.lock.yaml');
    } catch (error) {
      if (error instanceof NexusError) return error;
      throw error;
    }
    throw new Error('it was read');
  };

  it.each<[string, string, string, number, string]>([
    ['a conflict', '  component:desk:', '<<<<<<< HEAD\n  component:desk:', 29, 'merge conflict'],
    ['a newer version', 'lockVersion: 1', 'lockVersion: 2', 3, 'version 2'],
    ['a newer version with other keys', 'lockVersion: 1', 'lockVersion: 2\nsettings: {}', 3, 'version 2'],
    ['no version', 'lockVersion: 1\n', '', 3, '`lockVersion` is missing'],
    ['an unknown key', '    profile: author', '    profil: author', 12, '`profil` is not known'],
    ['a missing key', '    profile: author\n', '', 8, '`profile` is missing'],
    ['a wrong kind', 'kind: assemble', 'kind: assembly', 9, '`kind` must be one of'],
    ['a wrong digest', 'fragment: sha256:', 'fragment: sha256:z', 13, '`fragment` must be a digest'],
    ['a need of nothing', 'task: "component:desk"', 'task: "component:dusk"', 7, 'no task of the lock'],
    ['a key twice', '    kind: assemble', '    kind: assemble\n    kind: assemble', 10, 'unique'],
    ['broken YAML', 'tasks:', 'tasks: [', 9, 'no lock file'],
  ])('%s is told with its line', (_, from, to, line, message) => {
    expect(good).toContain(from);
    const { code, details, message: said, hint } = failure(good.replace(from, to));
    expect(code).toBe('LOCK_INVALID');
    expect(said).toContain(message);
    expect(hint).toContain(isOwnLock(good.replace(from, to)) ? 'plan BUNDLE --lock' : 'move it away');
    expect(details).toMatchObject({ file: 'shop.lock.yaml', line });
  });

  it('throws nothing but that, whatever its letters', () => {
    const edit = record({
      at: nat(good.length - 1),
      cut: nat(20),
      text: constantFrom('', ' ', '\n', ':', '- ', '"', '{', '&a ', '*a', '<<: ', '\t', '?'),
    });
    assert(
      property(array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce((all, { at, cut, text: put }) => all.slice(0, at) + put + all.slice(at + cut), good);
        try {
          readLock(text, 'x');
        } catch (error) {
          expect(error).toMatchObject({ code: 'LOCK_INVALID', details: { line: expect.any(Number) } });
        }
      }),
      { numRuns: 300 },
    );
    expect(failure(`tasks: ${'['.repeat(50_000)}`).code).toBe('LOCK_INVALID');
  });

  it('is nothing at all', () => {
    expect(failure('').code).toBe('LOCK_INVALID');
    expect(failure('- a\n').code).toBe('LOCK_INVALID');
  });
});

describe('drift', () => {
  const chain = lockWith(task('a'), task('b', ['a']), task('c', ['b']));

  it('is none between equal graphs, and none for other words of a reason', () => {
    expect(drift(chain, chain)).toEqual([]);
    const reworded = structuredClone(chain);
    for (const each of reworded.tasks) for (const need of each.needs) need.because = 'another reason';
    expect(drift(chain, reworded)).toEqual([]);
  });

  it('names tasks that came, went and changed, with the fields', () => {
    const after = lockWith(task('a', [], { title: 'A', priority: 'P0' }), task('b', ['a']), task('d', ['b']));
    expect(drift(chain, after)).toEqual(['+ task d', '- task c', '~ task a: title a -> A', '~ task a: priority P1 -> P0']);
  });

  it('names edges that came, went and are of another kind', () => {
    const after = lockWith(
      task('a'),
      task('b', [], { needs: [{ task: 'a', kind: 'explicit', because: 'says so' }] }),
      task('c', ['a']),
    );
    expect(drift(chain, after)).toEqual([
      '+ edge b needs a (explicit: says so)',
      '+ edge c needs a (structural: it stands before)',
      '- edge b needs a (structural: it stands before)',
      '- edge c needs b (structural: it stands before)',
    ]);
  });

  it('is none when a task is ticked and its neighbours close up', () => {
    expect(drift(chain, lockWith(task('a'), task('c', ['a'])), ['b'])).toEqual([]);
    expect(drift(chain, lockWith(task('a'), task('c', ['a'])))).toContain('- task b');
  });

  it('is none when a ticked task held up others and another takes its place', () => {
    const hub = lockWith(task('a1'), task('a2'), task('a3', ['a1', 'a2']), task('b', ['a3']));
    expect(drift(hub, lockWith(task('a1'), task('a2', ['a1']), task('b', ['a2'])), ['a3'])).toEqual([]);
  });

  it('is none when a ticked task was one of two reasons, or held up the last', () => {
    const both = lockWith(
      task('a'),
      task('b', ['a']),
      task('c', [], { needs: [{ task: 'a', kind: 'same-file', because: 'both write x' }, ...task('c', ['b']).needs] }),
    );
    expect(drift(both, lockWith(task('a'), task('c', ['a'])), ['b'])).toEqual([]);
    expect(drift(both, lockWith(task('a'), task('b', ['a']), task('c', ['a', 'b'])))).toHaveLength(2);
    const gate = lockWith(task('a'), task('b', ['a']), task('c', ['b']), task('gate', ['c']));
    expect(drift(gate, lockWith(task('a'), task('c'), task('gate', ['a', 'c'])), ['b'])).toEqual([]);
  });

  it('is none when all tasks are ticked, and with them their check goes', () => {
    const check = task('verify:work', ['a', 'b'], { kind: 'verification' });
    const whole = lockWith(task('a'), task('b', ['a']), check, task('gate', ['verify:work']));
    expect(drift(whole, lockWith(task('gate')), ['a', 'b'])).toEqual([]);
    expect(drift(whole, lockWith(task('gate')), [])).toContain('- task verify:work');
    expect(drift(whole, lockWith(task('gate')), ['a'])).toEqual(['- task b']);
  });

  it('is none when a criterion of a task is ticked', () => {
    const graph = (text: string) =>
      lockOf(
        { dialect: 'x' },
        {
          specification: 's',
          tasks: [{ ...task('a'), ability: 'model', fragment: { text }, source: { file: 'a', line: 1, column: 1, endLine: 1 } }],
        },
      );
    expect(drift(graph('- [ ] one\n  1. [x] two'), graph('- [x] one\n  1. [ ] two'))).toEqual([]);
    expect(drift(graph('- [ ] one'), graph('- [ ] two'))).toHaveLength(1);
  });

  it('is an order that no settled task explains', () => {
    expect(drift(chain, lockWith(task('a', ['c']), task('c')), ['b'])).toEqual([
      '+ edge a needs c (structural: it stands before)',
    ]);
  });

  it('is a task that is opened again after it was accepted as done', () => {
    expect(drift(lockWith(task('a')), lockWith(task('a'), task('b')))).toEqual(['+ task b']);
  });
});

describe('where a lock lies', () => {
  it.each([
    ['/x/shop', true, '/x/shop/spec.lock.yaml'],
    ['/x/shop.md', false, '/x/shop.lock.yaml'],
    ['/x/shop.tar.gz', false, '/x/shop.lock.yaml'],
    ['/x/v1.2.zip', false, '/x/v1.2.lock.yaml'],
  ])('%s', (bundle, isFolder, path) => {
    expect(lockPath(bundle, { isFolder })).toBe(path);
  });

  it('is no place of specification', async () => {
    expect((await specOf({ 'spec.md': SHOP })).diagnostics).toEqual((await specOf(SHOP)).diagnostics);
  });
});
