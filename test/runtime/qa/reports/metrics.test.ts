import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import type { CheckResult } from '../../../../src/runtime/qa/report.ts';
import { metricsText } from '../../../../src/runtime/qa/reports/metrics-text.ts';
import { pushMetrics } from '../../../../src/runtime/qa/reports/push-metrics.ts';

const RESULT: CheckResult = {
  task: 'qa',
  suite: 'product',
  result: 'fail',
  tests: { total: 3, passed: 1, failed: 1, skipped: 1 },
  passed: ['a'],
  failed: ['b'],
  coverage: 0.25,
  coverageByPath: new Map([['a.ts', 0.25]]),
  findings: [
    { code: 'QA_TEST_FAILED', message: 'x' },
    { code: 'QA_TEST_FAILED', message: 'y' },
    { code: 'QA_FLAKY', level: 'note', message: 'z' },
  ],
  tools: {},
};

describe('metricsText', () => {
  it('tells numbers under few labels', () => {
    expect(metricsText(RESULT, 1_700_000_000)).toBe(`# HELP agentnexus_qa_passed Whether the project passed.
# TYPE agentnexus_qa_passed gauge
agentnexus_qa_passed 0
# HELP agentnexus_qa_tests Tests by what became of them.
# TYPE agentnexus_qa_tests gauge
agentnexus_qa_tests{status="passed"} 1
agentnexus_qa_tests{status="failed"} 1
agentnexus_qa_tests{status="skipped"} 1
agentnexus_qa_tests{status="flaky"} 0
# HELP agentnexus_qa_findings Findings by code and level.
# TYPE agentnexus_qa_findings gauge
agentnexus_qa_findings{code="QA_TEST_FAILED",level="error"} 2
agentnexus_qa_findings{code="QA_FLAKY",level="note"} 1
# HELP agentnexus_qa_coverage_ratio Share of lines that tests reached.
# TYPE agentnexus_qa_coverage_ratio gauge
agentnexus_qa_coverage_ratio 0.25
# HELP agentnexus_qa_run_timestamp_seconds When the run ended.
# TYPE agentnexus_qa_run_timestamp_seconds gauge
agentnexus_qa_run_timestamp_seconds 1700000000
`);
  });
});

describe('pushMetrics', () => {
  it('puts them under the job and the project, whatever that is called', async () => {
    const heard: string[] = [];
    const [url, close] = await listen(200, (request, body) => heard.push(`${request.method} ${request.url} ${body}`));
    expect(await pushMetrics('a 1\n', { url: `${url}/`, project: 'my/shop' })).toBeUndefined();
    await close();
    expect(heard).toEqual(['PUT /metrics/job/metrics.qa-engine/project@base64/bXkvc2hvcA a 1\n']);
  });

  it('says why it did not work', async () => {
    const [url, close] = await listen(400, () => {});
    expect(await pushMetrics('a', { url, project: 'x' })).toMatch(/answered 400/);
    await close();
    expect(await pushMetrics('a', { url, project: 'x' })).toMatch(/cannot be reached/);
    expect(await pushMetrics('a', { url: 'file:///etc', project: 'x' })).toMatch(/no address/);
  });
});

async function listen(
  status: number,
  hear: (request: IncomingMessage, body: string) => void,
): Promise<[string, () => Promise<void>]> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      hear(request, body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}`, close];
}
