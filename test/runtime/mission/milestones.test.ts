import { describe, expect, it } from 'vitest';

import { milestonesOf } from '../../../src/runtime/mission/milestones.ts';
import type { TaskState } from '../../../src/runtime/mission/records.ts';

const stateOf = (...states: TaskState[]): string => {
  const tasks = states.map((_, at) => ({ id: String(at), milestone: 'One' }));
  const [one] = milestonesOf(tasks, (id) => states[Number(id)] ?? 'waiting');
  return `${one?.state} ${one?.settled}/${one?.total}`;
};

describe('milestonesOf', () => {
  it('says how far each is', () => {
    expect(stateOf('waiting', 'waiting')).toBe('waiting 0/2');
    expect(stateOf('succeeded', 'waiting')).toBe('running 1/2');
    expect(stateOf('running', 'waiting')).toBe('running 0/2');
    expect(stateOf('succeeded', 'cached')).toBe('succeeded 2/2');
    expect(stateOf('failed', 'running', 'waiting')).toBe('failed 1/3');
    expect(stateOf('skipped', 'succeeded')).toBe('skipped 2/2');
    expect(stateOf('cancelled', 'waiting')).toBe('running 1/2');
  });

  it('keeps the order in which tasks come', () => {
    const tasks = ['B', 'A', 'B', 'C'].map((milestone, at) => ({ id: String(at), milestone }));
    expect(milestonesOf(tasks, () => 'waiting').map(({ title, total }) => `${title} ${total}`)).toEqual(['B 2', 'A 1', 'C 1']);
  });
});
