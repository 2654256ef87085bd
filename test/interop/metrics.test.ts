import { execFileSync } from 'node:child_process';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { ALL, ServerBench } from '../runtime/serve/server-bench.ts';
import { needTool } from './requirements.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
});
afterAll(async () => bench.remove());

it('gives figures that Prometheus has nothing to say against', async (context) => {
  needTool(context, 'promtool');
  await bench.ask('/v1/missions');
  const response = await fetch(`${bench.url}/metrics`, { headers: { authorization: `Bearer ${ALL}` } });
  const said = execFileSync('promtool', ['check', 'metrics'], { input: await response.text(), encoding: 'utf8' });
  expect(said).toBe('');
});
