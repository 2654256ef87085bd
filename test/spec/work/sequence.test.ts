import { describe, expect, it } from 'vitest';

import { type Group, sequenceEdges, type Step } from '../../../src/spec/work/sequence.ts';
import { waveEdges } from '../../../src/spec/work/wave-edges.ts';
import type { EdgeDraft } from '../../../src/spec/work/work-draft.ts';
import { draft } from './drafts.ts';

const one = (key: string, fields: Partial<Step> = {}): Step => ({ task: draft(key), ...fields });
const beside = (key: string): Step => one(key, { parallel: true });
const group = (title: string, ...steps: Step[]): Group => ({ title, steps });
const shown = (edges: readonly EdgeDraft[]): string[] =>
  edges.map(({ from, to }) => `${from}←${'key' in to ? to.key : to.printed}`);

describe('a sequence', () => {
  it('is a chain; marked neighbours run together', () => {
    expect(shown(sequenceEdges([group('A', one('1'), beside('2'), beside('3'), one('4'))]))).toEqual([
      '2←1',
      '3←1',
      '4←2',
      '4←3',
    ]);
  });

  it('has barriers between groups, and says which', () => {
    const edges = sequenceEdges([group('A', one('1'), one('2')), group('empty'), group('B', beside('3'), beside('4'))]);
    expect(shown(edges)).toEqual(['2←1', '3←2', '4←2']);
    expect(edges.map((each) => each.because)).toEqual(['comes after 1', 'B comes after A', 'B comes after A']);
  });

  it('enters a task by its parts and leaves it by the task', () => {
    const whole = one('2', { parts: [one('2.1'), one('2.2')] });
    expect(shown(sequenceEdges([group('A', one('1'), whole, one('3'))]))).toEqual(['2.2←2.1', '2.1←1', '3←2']);
  });

  it('leaves out what is settled', () => {
    const settled = { task: draft('2', { status: 'done' }) };
    expect(shown(sequenceEdges([group('A', one('1'), settled, one('3'))]))).toEqual(['3←1']);
    const closed = { task: draft('2', { status: 'done' }), parts: [one('2.1')] };
    expect(shown(sequenceEdges([group('A', one('1'), closed, one('3'))]))).toEqual(['2.1←1', '3←2.1']);
  });

  it('bundles a barrier between many and many in the last of the earlier ones', () => {
    const many = (from: string): Step[] => Array.from({ length: 200 }, (_, index) => beside(`${from}${index}`));
    const edges = sequenceEdges([group('A', ...many('a')), group('B', ...many('b'))]);
    expect(edges).toHaveLength(199 + 200);
    expect(new Set(edges.filter((each) => each.from.startsWith('b')).map(({ to }) => ('key' in to ? to.key : '')))).toEqual(
      new Set(['a199']),
    );
  });
});

describe('waves', () => {
  it('run one after the other; a checkpoint they leave out holds up the next', () => {
    const [a, b, check, c] = [draft('1'), draft('2'), draft('3', { checkpoint: true }), draft('4')];
    const edges = waveEdges(
      [
        { title: 'wave 0', tasks: [a, b] },
        { title: 'wave 1', tasks: [c] },
      ],
      [a, b, check, c],
    );
    expect(shown(edges)).toEqual(['3←1', '3←2', '4←3']);
    expect(new Set(edges.map((each) => each.kind))).toEqual(new Set(['wave']));
  });

  it('put what they leave out at the beginning first', () => {
    const [a, b] = [draft('1'), draft('2')];
    expect(shown(waveEdges([{ title: 'wave 0', tasks: [b] }], [a, b]))).toEqual(['2←1']);
  });
});
