import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { call } from '../../../src/runtime/app/call.ts';
import { main } from '../../../src/runtime/serve/main.ts';
import { ALL, READER, ServerBench } from './server-bench.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
  writeFileSync(join(bench.dir, 'token'), ALL);
  writeFileSync(join(bench.dir, 'reader'), READER);
});
afterAll(async () => bench.remove());

async function probe(...flags: string[]): Promise<{ code: number; metrics: string }> {
  const metrics = join(bench.dir, 'agentnexus.prom');
  rmSync(metrics, { force: true });
  const code = await main(['probe', '--once', '--metrics', metrics, ...flags], '');
  return { code, metrics: readFileSync(metrics, 'utf8') };
}

describe('a probe', () => {
  it('of a control plane ends in verified evidence, each time anew', { timeout: 120_000 }, async () => {
    const { log } = bench.host.engine;
    const missions: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      const { code, metrics } = await probe('--url', bench.url, '--token-file', join(bench.dir, 'token'));
      expect([code, metrics]).toEqual([0, expect.stringContaining('agentnexus_probe_success 1\n')]);
      const entry = log.entry(log.size - 1);
      expect(entry).toMatchObject({ kind: 'probe.finished', data: { result: 'passed', failures: [] } });
      missions.push(entry.data['mission']);
    }
    expect(new Set(missions).size).toBe(2);
    const { body } = await bench.ask(`/v1/missions/${String(missions[1])}`);
    expect(body).toMatchObject({ state: 'succeeded', tasks: { cached: 0 } });
  });

  it('has failed where the control plane does not let it in, or does not answer', async () => {
    const refused = await probe('--url', bench.url, '--token-file', join(bench.dir, 'reader'));
    expect([refused.code, refused.metrics]).toEqual([1, expect.stringContaining('agentnexus_probe_success 0\n')]);
    const silent = await probe('--url', 'http://127.0.0.1:9', '--token-file', join(bench.dir, 'token'));
    expect(silent.code).toBe(1);
  });

  it('has failed where nothing can be signed, and that is written down', { timeout: 60_000 }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'probe-'));
    const before = process.env['AGENTNEXUS_KEYS'];
    process.env['AGENTNEXUS_KEYS'] = join(dir, 'keys');
    mkdirSync(join(dir, 'keys'));
    writeFileSync(join(dir, 'keys', 'signing.key'), 'no key', { mode: 0o600 });
    const context = { cwd: dir, workspace: join(dir, 'w') };
    const view = await call('probe', {}, context);
    expect(view).toMatchObject({ result: 'failed', failures: [expect.stringContaining('KEY_UNUSABLE')] });
    process.env['AGENTNEXUS_KEYS'] = before;
    rmSync(dir, { recursive: true });
  });
});

describe('agentnexus serve', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1'])('listens at %s by TLS only, or where something in front does it', async (host) => {
    const dir = join(bench.dir, 'elsewhere');
    expect(await main(['serve', '--host', host, '--workspace', dir], '')).toBe(4);
  });

  it('refuses a configuration that is wrong', async () => {
    const file = join(bench.dir, 'agentnexus.yaml');
    const wrong = [
      'issuers: [{ issuer: "https://a.example", audience: x, algorithms: [HS256], principals: [{ claims: { sub: a }, scopes: [missions:read] }] }]',
      'issuers: [{ issuer: "https://a.example", audience: x, algorithms: [none], principals: [{ claims: { sub: a }, scopes: [missions:read] }] }]',
      'issuers: [{ issuer: "https://a.example", audience: x, principals: [{ claims: {}, scopes: [missions:read] }] }]',
      'issuers: [{ issuer: "https://a.example", principals: [{ claims: { sub: a }, scopes: [missions:read] }] }]',
      'issuers: [{ issuer: "https://a.example", audience: x, principals: [{ claims: { sub: a }, scopes: [everything] }] }]',
      'login: { issuer: "https://a.example", clientId: x }',
      'tls: { cert: not-there.pem, key: not-there.pem }',
      'odd: true',
      '[',
    ];
    for (const text of wrong) {
      writeFileSync(file, text);
      expect([text, await main(['serve', '--config', file, '--workspace', join(bench.dir, 'other'), '--port', '0'], '')]).toEqual(
        [text, 2],
      );
    }
  });
});
