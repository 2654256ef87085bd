import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { runChaos } from '../../src/runtime/qa/chaos/chaos-suite.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { THIS_MACHINE } from '../runtime/qa/this-machine.ts';
import { freePort } from '../support/free-port.ts';
import { needTool } from './requirements.ts';

/** A client of a product: it writes so many letters under a key and reads them again, and ends with 1 if anything about that is wrong. */
const CLIENT = `
const [, , port, letters] = process.argv;
const value = 'x'.repeat(Number(letters));
const command = (...words) => '*' + words.length + words.map((word) => '\\r\\n$' + word.length + '\\r\\n' + word).join('') + '\\r\\n';
const socket = require('net').connect(Number(port), '127.0.0.1', () => socket.write(command('SET', 'k', value) + command('GET', 'k')));
const wanted = '+OK\\r\\n$' + letters + '\\r\\n' + value + '\\r\\n';
let told = '';
socket.on('data', (some) => { told += some; if (told === wanted) process.exit(0); });
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(1));
setTimeout(() => process.exit(1), 3000);
`;

let folder: string;
let port: number;
let through: number;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redis-'));
  writeFileSync(join(folder, 'client.cjs'), CLIENT);
});
beforeEach(async () => void ([port, through] = [await freePort(), await freePort()]));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const client = (letters: number): string => `node client.cjs ${through} ${letters}`;

/** Redis behind a proxy: a client must be served throughout. */
const run = (letters: number, ...faults: JsonObject[]) => {
  const experiment = {
    name: 'store',
    processes: [{ name: 'redis', run: `redis-server --port ${port} --bind 127.0.0.1 --save ''`, port }],
    proxies: [{ name: 'wire', listen: through, port }],
    steady: [{ name: 'serves', exec: { run: client(letters) }, within: '10s' }],
    faults,
    settle: '50ms',
  };
  const env = { PATH: THIS_MACHINE.path, HOME: folder };
  const files = [{ path: 'chaos/experiments/store.yaml', text: JSON.stringify(experiment) }];
  return runChaos(files, { folder, env, scratch: join(folder, 'scratch') });
};

/** Ends once the port is nobody's. */
const isGone = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

describe('Redis behind the fault proxy', () => {
  it.for<[string, number, JsonObject]>([
    ['what takes longer', 1000, { proxy: 'wire', latency: '100ms' }],
    ['what is narrow, and little goes through', 1000, { proxy: 'wire', bandwidth: 100_000 }],
    ['a reset that comes later than the answer', 1000, { proxy: 'wire', resetAfter: 1_000_000 }],
  ])('is served under %s', async ([, letters, fault], context) => {
    needTool(context, 'redis-server');
    expect(await run(letters, fault)).toMatchObject({ passed: ['store'], findings: [] });
    expect(await isGone()).toBe(true);
  });

  it.for<[string, number, JsonObject]>([
    ['a cut', 1000, { proxy: 'wire', cut: true }],
    ['a reset in the middle of the answer', 100_000, { proxy: 'wire', resetAfter: 50_000 }],
    ['a suspended server', 1000, { process: 'redis', stop: true }],
    ['a killed server, which is started again', 1000, { process: 'redis', kill: true }],
  ])('is not served under %s, and is afterwards', async ([, letters, fault], context) => {
    needTool(context, 'redis-server');
    const { failed, findings } = await run(letters, fault);
    expect(failed).toEqual(['store']);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/under the faults, `serves` was right in 0 %/),
    ]);
    expect(await isGone()).toBe(true);
  });
});
