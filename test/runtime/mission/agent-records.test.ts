import fc from 'fast-check';
import { expect, it } from 'vitest';

import { agentEvent } from '../../../src/runtime/mission/agent-records.ts';

const TASK = { mission: 'm', task: 't', title: 'T', kind: 'work' } as const;

it('writes down what JSON has of an event', () => {
  const facts = fc.dictionary(
    fc.string({ maxLength: 8 }),
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constant(undefined),
      fc.double(),
      fc.array(fc.constant(undefined), { maxLength: 3 }),
    ),
    { maxKeys: 5 },
  );
  fc.assert(
    fc.property(facts, (action) => {
      const event = { kind: 'agent.decision', agent: 'a', action: { kind: 'run', ...action }, decision: {} } as never;
      const { data } = agentEvent(TASK, { attempt: 1, event });
      expect(JSON.stringify(data['action'])).toBe(JSON.stringify({ kind: 'run', ...action }));
    }),
  );
});

it('shortens texts and lists, and keeps an outline of what is too long all the same', () => {
  const told = (argv: string[]) => {
    const action = { kind: 'run', argv } as never;
    return agentEvent(TASK, {
      attempt: 1,
      event: { kind: 'agent.decision', agent: 'a', action, decision: { rule: 'r' } as never },
    }).data;
  };
  expect(told(['x'.repeat(3_000)])['action']).toEqual({ kind: 'run', argv: [`${'x'.repeat(2_000)}…`] });
  expect(told(Array.from({ length: 70 }, () => 'x'))['action']).toEqual({
    kind: 'run',
    argv: Array.from({ length: 64 }, () => 'x'),
  });
  expect(told(Array.from({ length: 60 }, () => 'x'.repeat(500)))['action']).toEqual({ kind: 'run', truncated: true });
});
