import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readDuration, readSize, requireDuration } from '../../../src/runtime/app/amounts.ts';
import { missionSettings, readBudget } from '../../../src/runtime/app/settings.ts';
import { aTask } from '../mission/a-task.ts';

const USAGE = expect.objectContaining({ code: 'USAGE', hint: expect.any(String) });
const graph = {
  specification: 'demo',
  tasks: [aTask('work:t001', { sourceId: 'T001', kind: 'work' }), aTask('gate', { kind: 'gate', ability: 'gate' })],
};

describe('a budget', () => {
  it('has amounts of the mission and of each task', () => {
    expect(
      readBudget(['tokens=200_000', 'money=1.5', 'energy=3', 'wall=2h', 'attempts=9', 'task.tokens=10', 'task.wall=90s']),
    ).toEqual({
      tokens: 200_000,
      money: 1.5,
      energy: 3,
      wall: 7_200_000,
      attempts: 9,
      task: { tokens: 10, wall: 90_000 },
    });
  });

  it('takes the last of two words on one amount, and nothing for no words', () => {
    expect(readBudget(['tokens=1', 'tokens=2'])).toEqual({ tokens: 2 });
    expect(readBudget(['wall=0.5s', 'tokens=0'])).toEqual({ wall: 500, tokens: 0 });
    expect(missionSettings({})).toEqual({});
  });

  it.each([
    '',
    'tokens',
    'tokens=',
    'tokens= ',
    'tokens=many',
    'tokens=-1',
    'tokens=NaN',
    'tokens=Infinity',
    'tokens=1e999',
    'wall=5',
    'wall=5 m',
    'wall=-5m',
    'wall=m',
    'wall=5y',
    'speed=1',
    'constructor=1',
    '__proto__=1',
    'task.=1',
    'task.speed=1',
    'tasks.tokens=1',
    'task.task.tokens=1',
  ])('is not `%s`', (item) => {
    expect(() => readBudget([item])).toThrow(USAGE);
  });

  it('is made of numbers that are there, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.tuple(fc.constantFrom('tokens', 'wall', 'task.money'), fc.string()).map((pair) => pair.join('=')),
          ),
        ),
        (items) => {
          let amounts: unknown[] = [];
          try {
            const { task = {}, ...own } = readBudget(items);
            amounts = [...Object.values(own), ...Object.values(task)];
          } catch (error) {
            expect(error).toMatchObject({ code: 'USAGE' });
          }
          for (const amount of amounts) expect(amount).toSatisfy((each) => Number.isFinite(each) && Number(each) >= 0);
        },
      ),
    );
  });
});

describe('approvals', () => {
  it('name a task by either id, or a kind, and may expire', () => {
    expect(missionSettings({ requireApproval: ['work:t001', 'T001=24h', 'gate=90s'] }, graph)).toEqual({
      approvals: [{ task: 'work:t001' }, { task: 'T001', expires: 86_400_000 }, { task: 'gate', expires: 90_000 }],
    });
  });

  it('of what the graph does not have are refused, as are terms that are none', () => {
    expect(() => missionSettings({ requireApproval: ['T009'] }, graph)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => missionSettings({ requireApproval: ['T001=soon'] }, graph)).toThrow(USAGE);
    expect(() => missionSettings({ requireApproval: ['T001='] }, graph)).toThrow(USAGE);
    // Before the specification has been read nothing is known of its tasks.
    expect(missionSettings({ requireApproval: ['T009'] })).toEqual({ approvals: [{ task: 'T009' }] });
  });
});

describe('sizes and durations', () => {
  it.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['12B', 12],
    ['1k', 1000],
    ['1.5M', 1_500_000],
    ['500MB', 500_000_000],
    ['2GiB', 2 ** 31],
    ['2Gi', 2 ** 31],
    ['1T', 1e12],
  ])('%s are %i bytes', (text, bytes) => {
    expect(readSize(text)).toBe(bytes);
  });

  it.each(['', 'lots', '-1', '1 GB', '1K', '1m', '1GIB', 'k', '1e3', '.5M'])('`%s` is no size', (text) => {
    expect(() => readSize(text)).toThrow(USAGE);
  });

  it('durations have a unit', () => {
    expect(['250ms', '90s', '1.5m', '12h', '7d', '7', 'd', '-1s'].map(readDuration)).toEqual([
      250,
      90_000,
      90_000,
      43_200_000,
      604_800_000,
      undefined,
      undefined,
      undefined,
    ]);
    expect(() => requireDuration('7')).toThrow(USAGE);
  });
});
