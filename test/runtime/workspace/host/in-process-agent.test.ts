import { expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import type { AgentEvent } from '../../../../src/runtime/policy/agent-event.ts';
import type { Agent, AgentResult } from '../../../../src/runtime/workspace/agent.ts';
import { createCompiler } from '../../../../src/runtime/workspace/compiler/compiler.ts';
import { hostedInProcess } from '../../../../src/runtime/workspace/host/in-process-agent.ts';
import { aTask } from '../../mission/a-task.ts';

const events: AgentEvent[] = [];

async function perform(agent: Agent, { writes = '' } = {}): Promise<AgentResult> {
  events.length = 0;
  const terms = {
    digest: sha256(''),
    energy: 5,
    env: [],
    secrets: [],
    hosts: [],
    memory: { read: [], write: [] },
    kinds: [],
    decide: (action: { kind: string; path?: string }) =>
      action.kind === 'write' && action.path?.startsWith(writes) === true
        ? { verdict: 'allow' as const, rule: 'write' }
        : { verdict: 'deny' as const, rule: 'nothing' },
  };
  const task = aTask('scaffold', { kind: 'scaffold', fragment: { name: 'demo', title: 'Demo' } });
  const brief = { mission: 'm', task, attempt: 1, needs: new Map(), tree: () => [], read: () => Buffer.alloc(0) };
  return hostedInProcess(agent, { termsFor: () => terms }).perform(brief, new AbortController().signal, async (event) => {
    events.push(event);
  });
}

const made = (result: AgentResult): Agent => ({ name: 'made', versionFor: () => '1', perform: async () => result });

it('hands over the very files that the agent made', async () => {
  const bare = await createCompiler().perform(
    {
      mission: 'm',
      task: aTask('scaffold', { kind: 'scaffold', fragment: { name: 'demo', title: 'Demo' } }),
      attempt: 1,
      needs: new Map(),
      tree: () => [],
      read: () => Buffer.alloc(0),
    },
    new AbortController().signal,
    async () => undefined,
  );
  expect(await perform(createCompiler())).toEqual(bare);
  expect(bare.outcome === 'done' && bare.files.length).toBeGreaterThan(3);
});

it('takes no file that its profile does not let it write, and the log has the denial', async () => {
  const files = [
    { path: 'src/a.ts', content: 'a', type: 'code' as const },
    { path: 'b.ts', content: 'b', type: 'code' as const },
  ];
  expect(await perform(made({ outcome: 'done', files }), { writes: 'src/' })).toEqual({
    outcome: 'failed',
    reason: 'It wrote b.ts, which its profile does not let it write (nothing).',
  });
  expect(events).toMatchObject([{ action: { kind: 'write', path: 'b.ts' }, decision: { verdict: 'deny' } }]);
});

it('fails for the reason that the agent gives, or breaks for', async () => {
  const failed: AgentResult = { outcome: 'failed', reason: 'It cannot be done.', usage: { energy: 2 } };
  expect(await perform(made(failed))).toEqual(failed);
  const broken: Agent = { ...made(failed), perform: () => Promise.reject(new Error('oops')) };
  expect(await perform(broken)).toEqual({ outcome: 'failed', reason: 'Agent made broke: oops' });
});
