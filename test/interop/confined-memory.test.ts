import { chmodSync } from 'node:fs';

import { expect, it } from 'vitest';

import { recollection } from '../../src/runtime/app/agents/recollection.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { Redactor } from '../../src/runtime/workspace/secrets/redactor.ts';
import { filesOf, hostBench, scripted } from '../runtime/workspace/host/host-bench.ts';
import { MemoryFixture } from '../runtime/workspace/memory/memory-fixture.ts';
import { needTool } from './requirements.ts';

it('an agent reaches the memory from behind its walls, by the bridge', { timeout: 120_000 }, async (context) => {
  for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
  const [bench, at] = [hostBench(), new MemoryFixture()];
  // Where we are root, agents are somebody else, who must get in.
  chmodSync(bench.scratch, 0o755);
  const remembering = recollection(at.dir, { log: at.log, redactor: new Redactor() });
  try {
    await at.add(await at.open(), { scope: 'workspace', text: 'The harbour opens at six' });
    const agent = scripted({ steps: [{ tool: 'memory_search', args: { query: 'harbour' }, note: 'found' }] });
    const outcome = await bench.perform(agent, {
      profile: { memory: { read: ['workspace'], write: [] } },
      sandbox: createSrtSandbox(),
      memoryFor: remembering.memoryFor,
    });
    expect(filesOf(outcome)['found']).toContain('The harbour opens at six');
  } finally {
    remembering.close();
    at.close();
    bench.remove();
  }
});
