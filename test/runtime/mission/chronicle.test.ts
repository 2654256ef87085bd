import { afterEach, beforeEach, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import type { AgentEvent } from '../../../src/runtime/policy/agent-event.ts';
import { aTask } from './a-task.ts';
import { leave, type MissionBench, missionBench } from './mission-bench.ts';

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

const denial = (what: string): AgentEvent => ({
  kind: 'agent.decision',
  agent: 'a/1',
  action: { kind: 'other', what },
  decision: { verdict: 'deny', rule: 'nothing' },
});

/** Entries about agents, as another process sees them. */
function recorded(): { kind: string; task?: string | undefined; data: Record<string, JsonValue | undefined> }[] {
  const log = openLog(bench.dir, { mode: 'read' });
  try {
    return [...log.entries()]
      .filter(({ kind }) => kind.startsWith('agent.'))
      .map(({ kind, task, data }) => ({ kind, task, data: { ...data } }));
  } finally {
    log.close();
  }
}

it('has an event in the log, with its task and attempt, when its promise resolves', async () => {
  let seen: ReturnType<typeof recorded> = [];
  bench.script.set('a', async (attempt) => {
    const event = { agentId: 'a/1', lifecycle: 'spawned' as const, capabilityProfile: 'author', energyBudget: 3 };
    await attempt.chronicle({ kind: 'agent.lifecycle', event, sandbox: 'none' });
    seen = recorded();
    return leave(attempt, { put: async (content) => sha256(content) });
  });
  await bench.apply([aTask('a')]).catch(() => undefined);
  expect(seen).toEqual([
    {
      kind: 'agent.lifecycle',
      task: 'a',
      data: {
        title: 'a',
        taskKind: 'contract',
        attempt: 1,
        sandbox: 'none',
        event: { agentId: 'a/1', lifecycle: 'spawned', capabilityProfile: 'author', energyBudget: 3 },
      },
    },
  ]);
});

it('keeps the order in which events were told, also where nobody waits in between', async () => {
  bench.script.set('a', async (attempt) => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => attempt.chronicle(denial(`deed ${at}`))));
    return { outcome: 'failed', reason: 'no', evidence: [] };
  });
  await bench.apply([aTask('a')]);
  const deeds = recorded().flatMap(({ data }) => JSON.stringify(data['action']).match(/deed \d+/)?.[0] ?? []);
  expect(deeds.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, at) => `deed ${at}`));
});

it('bounds what an agent asks for', async () => {
  bench.script.set('a', async (attempt) => {
    await attempt.chronicle(denial('x'.repeat(1_000_000)));
    await attempt.chronicle({
      kind: 'agent.decision',
      agent: 'a/1',
      action: { kind: 'run', argv: ['rm', ...Array.from({ length: 60 }, () => 'é'.repeat(10_000))] },
      decision: { verdict: 'deny', rule: 'nothing' },
    });
    return { outcome: 'failed', reason: 'no', evidence: [] };
  });
  await bench.apply([aTask('a')]);
  const [long, many] = recorded();
  expect(JSON.stringify(long).length).toBeLessThan(3_000);
  expect(many?.data).toMatchObject({ action: { kind: 'run', truncated: true }, decision: { verdict: 'deny' } });
});
