import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Probe, runProbe } from '../../../../src/runtime/qa/probes/probe.ts';
import { runProbes } from '../../../../src/runtime/qa/probes/probe-suite.ts';
import { freePort } from '../../../support/free-port.ts';
import { THIS_MACHINE } from '../this-machine.ts';

const PLACE = { folder: import.meta.dirname, env: { PATH: THIS_MACHINE.path } };

let server: Server;
let url: string;
let asked: number;
beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    const query = new URL(request.url ?? '', 'http://x').searchParams.get('query');
    if (request.url === '/odd') return response.writeHead(asked % 2 === 0 ? 500 : 200).end('fine');
    if (request.url === '/never') return undefined;
    if (query === null) return response.writeHead(request.url === '/' ? 200 : 404).end('all is well');
    const result = query === 'none' ? [] : [{ metric: {}, value: [1, query] }];
    return response.end(
      JSON.stringify({ status: query === 'bad' ? 'error' : 'success', data: { resultType: 'vector', result } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function faultOf(probe: Omit<Probe, 'name'>): Promise<string | undefined> {
  const { samples, passed } = await runProbe({ name: 'p', ...probe }, PLACE);
  expect(passed).toBe(samples[0]?.fault === undefined);
  return samples[0]?.fault;
}

describe('a probe', () => {
  it('asks by HTTP', async () => {
    expect(await faultOf({ http: { url } })).toBeUndefined();
    expect(await faultOf({ http: { url: `${url}/x` } })).toBe('It answers 404.');
    expect(await faultOf({ http: { url: `${url}/x`, status: 404 } })).toBeUndefined();
    expect(await faultOf({ http: { url, body: 'ill' } })).toBe('Its answer does not hold "ill".');
    expect(await faultOf({ http: { url: `${url}/never` }, within: '50ms' })).toMatch(/timeout/i);
  });

  it('asks for a connection', async () => {
    expect(await faultOf({ tcp: { port: Number(new URL(url).port) } })).toBeUndefined();
    expect(await faultOf({ tcp: { port: await freePort() } })).toMatch(/ECONNREFUSED/);
  });

  it('asks a command, without a shell', async () => {
    expect(await faultOf({ exec: { run: 'node --version' } })).toBeUndefined();
    expect(await faultOf({ exec: { run: 'node -e process.exit(3)' } })).toBe('It ended with 3.');
    expect(await faultOf({ exec: { run: 'no-such-program' } })).toMatch(/Cannot start/);
  });

  it('asks Prometheus', async () => {
    expect(await faultOf({ promql: { url, query: '0.5', min: 0.5, max: 1 } })).toBeUndefined();
    expect(await faultOf({ promql: { url, query: '0.4', min: 0.5 } })).toBe('The value 0.4 is not between 0.5 and Infinity.');
    expect(await faultOf({ promql: { url, query: 'NaN' } })).toMatch(/NaN/);
    expect(await faultOf({ promql: { url, query: 'none' } })).toBe('The query has no result.');
    expect(await faultOf({ promql: { url, query: 'bad' } })).toMatch(/Prometheus answers 200/);
  });

  it('asks as often as its window holds, and passes from its threshold on', async () => {
    const odd = { name: 'odd', http: { url: `${url}/odd` }, window: '100ms', every: '10ms' };
    const { samples, share } = await runProbe(odd, PLACE);
    expect(samples.length).toBe(11);
    expect(share).toBeCloseTo(6 / 11);
    asked = 0;
    expect((await runProbe({ ...odd, threshold: 0.5 }, PLACE)).passed).toBe(true);
    asked = 0;
    expect((await runProbe({ ...odd, threshold: 0.6 }, PLACE)).passed).toBe(false);
  });
});

describe('runProbes', () => {
  it('says what is not as it should be', async () => {
    const { passed, failed, findings } = await runProbes(
      [
        { name: 'well', http: { url } },
        { name: 'ill', http: { url: `${url}/x` } },
      ],
      PLACE,
    );
    expect([passed, failed]).toEqual([['well'], ['ill']]);
    expect(findings).toEqual([{ code: 'QA_PROBE', message: 'ill: right in 0 % of 1 samples. It answers 404.' }]);
    expect((await runProbes([], PLACE)).findings).toMatchObject([{ code: 'QA_NO_TESTS' }]);
  });

  it('runs missions, and takes one that does not end in its time for none', async () => {
    const ran: string[] = [];
    const runMission = async ({ bundle }: { bundle: string }, signal: AbortSignal): Promise<string | undefined> => {
      ran.push(bundle);
      if (bundle === 'slow') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return bundle === 'bad' ? 'The mission failed.' : undefined;
    };
    const probe = (bundle: string): Probe => ({ name: bundle, mission: { bundle }, within: '200ms' });
    const { passed, findings } = await runProbes(['good', 'bad', 'slow'].map(probe), { ...PLACE, runMission });
    expect([ran, passed]).toEqual([['good', 'bad', 'slow'], ['good']]);
    expect(findings.map(({ message }) => message)).toEqual([
      'bad: right in 0 % of 1 samples. The mission failed.',
      'slow: right in 0 % of 1 samples. It did not end within 200 ms.',
    ]);
  });
});
