import { describe, expect, it } from 'vitest';

import { followMission, type Questions } from '../../src/cli/follow-mission.ts';
import type { LogLine } from '../../src/runtime/app/views.ts';

/** A mission whose log grows by one entry each time its state is asked for, and that ends with the last. */
function growingMission(length: number): Questions & { asked: string[] } {
  const asked: string[] = [];
  let grown = 0;
  const entry = (seq: number): LogLine => ({ seq, at: '', entry: 'task.started', mission: 'm1', task: null, data: {} });
  return {
    asked,
    status: async (mission) => {
      asked.push(mission);
      grown = Math.min(length, grown + 1);
      return { id: 'm1', state: grown === length ? 'succeeded' : 'running' };
    },
    logs: async (_mission, after = -1) => ({
      kind: 'Logs',
      items: Array.from({ length: grown }, (_, seq) => entry(seq)).filter(({ seq }) => seq > after),
    }),
  };
}

describe('followMission', () => {
  it('tells every entry once and in order, and ends with the mission', async () => {
    const told: number[] = [];
    for await (const { items } of followMission('latest', growingMission(9), { pace: 0 }))
      told.push(...items.map(({ seq }) => seq));
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('stays with the mission that `latest` meant at first', async () => {
    const questions = growingMission(3);
    await Array.fromAsync(followMission('latest', questions, { pace: 0 }));
    expect(questions.asked).toEqual(['latest', ...questions.asked.slice(1).map(() => 'm1')]);
  });
});
