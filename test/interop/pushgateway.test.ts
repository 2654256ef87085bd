import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { expect, it } from 'vitest';

import type { CheckResult } from '../../src/runtime/qa/report.ts';
import { metricsText } from '../../src/runtime/qa/reports/metrics-text.ts';
import { pushMetrics } from '../../src/runtime/qa/reports/push-metrics.ts';
import { runProcess } from '../../src/runtime/workspace/process.ts';
import { freePort } from '../support/free-port.ts';
import { needTool } from './requirements.ts';

const RESULT: CheckResult = {
  task: 'qa',
  suite: 'product',
  result: 'fail',
  tests: { total: 3, passed: 1, failed: 1, skipped: 1 },
  passed: ['a'],
  failed: ['b'],
  flaky: ['a'],
  coverage: 0.25,
  coverageByPath: new Map([['a.ts', 0.25]]),
  findings: [
    { code: 'QA_TEST_FAILED', message: 'x' },
    { code: 'QA_FLAKY', level: 'note', message: 'z' },
  ],
  tools: {},
};

const env = { PATH: process.env['PATH'] ?? '' };
const TEXT = metricsText(RESULT, 1_700_000_000);

/** What promtool says of metrics: it ends with 0 only if it has nothing to say. */
async function checked(text: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(['promtool', 'check', 'metrics'], {
    cwd: tmpdir(),
    env,
    timeoutMs: 60_000,
    input: text,
  });
  return `${code} ${stdout}${stderr}`;
}

it('promtool has nothing to say against what is pushed', { timeout: 120_000 }, async (context) => {
  needTool(context, 'promtool');
  expect(await checked(TEXT)).toBe('0 ');
  // It would have, had there been anything.
  expect(await checked(TEXT.replaceAll('agentnexus_qa_passed', 'agentnexusQaPassed'))).not.toBe('0 ');
});

it('the Pushgateway takes it, and gives it back under our job', { timeout: 120_000 }, async (context) => {
  needTool(context, 'prometheus-pushgateway');
  const folder = mkdtempSync(join(tmpdir(), 'push-'));
  const stop = new AbortController();
  const port = await freePort();
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const gateway = runProcess(['prometheus-pushgateway', ...listen], {
    cwd: folder,
    env,
    timeoutMs: 100_000,
    signal: stop.signal,
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 200; tries++) {
      if (
        await fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      await pause(100);
    }
    expect(await pushMetrics(TEXT, { url, project: 'shop & son' })).toBeUndefined();
    const told = await (await fetch(`${url}/metrics`)).text();
    expect(told).toMatch(/agentnexus_qa_tests\{[^}]*job="metrics\.qa-engine"[^}]*project="shop & son"[^}]*status="failed"\} 1/);
    expect(told).toMatch(/push_failure_time_seconds\{[^}]*\} 0/);
    expect(await pushMetrics('no metrics', { url, project: 'shop' })).toMatch(/400/);
  } finally {
    stop.abort();
    await gateway;
    rmSync(folder, { recursive: true, force: true });
  }
});
