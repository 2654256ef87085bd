import { expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { runAgent } from '../../../src/runtime/mission/agent-attempt.ts';
import type { Attempt } from '../../../src/runtime/mission/runner.ts';
import type { Workbench } from '../../../src/runtime/mission/workbench.ts';
import { sha256 } from '../../../src/base/digest.ts';
import { aTask } from './a-task.ts';

const ATTEMPT: Attempt = {
  mission: 'm',
  specification: { id: 'demo', digest: sha256('') },
  task: aTask('a'),
  number: 1,
  key: sha256('key'),
  needs: new Map(),
  inputs: new Map(),
  tree: () => [],
  merged: () => [],
  chronicle: async () => undefined,
  steps: async () => [],
  startedAt: '2026-01-01T00:00:00.000Z',
};

/** What an attempt comes to whose agent throws: it gets as far as that without a bench. */
const attempt = (thrown: Error) =>
  runAgent(
    ATTEMPT,
    { name: 'broken', versionFor: () => '1', perform: () => Promise.reject(thrown) },
    { bench: {} as Workbench, signal: new AbortController().signal },
  );

it('fails where the agent breaks', async () => {
  expect(await attempt(new Error('no idea'))).toMatchObject({ outcome: 'failed', reason: 'Agent broken broke: no idea' });
});

it('is no failure of the task where our own disk is full', async () => {
  await expect(attempt(new NexusError('WORKSPACE_FULL', 'No space left.'))).rejects.toMatchObject({ code: 'WORKSPACE_FULL' });
});
