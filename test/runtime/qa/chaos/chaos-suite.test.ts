import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { runChaos } from '../../../../src/runtime/qa/chaos/chaos-suite.ts';
import { EXPERIMENT_SCHEMA } from '../../../../src/runtime/qa/chaos/experiment-schema.ts';
import { THIS_MACHINE } from '../this-machine.ts';
import { freePort } from '../../../support/free-port.ts';
import { converse } from './tcp-service.ts';

const PATH = 'chaos/experiments/x.yaml';
const SERVER =
  "require('net').createServer((s) => { s.on('error', () => {}); s.pipe(s); }).listen(Number(process.argv[2]), '127.0.0.1');\n";

let folder: string;
let port: number;
let through: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
  writeFileSync(join(folder, 'server.cjs'), SERVER);
  [port, through] = [await freePort(), await freePort()];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(experiment: JsonObject | string) {
  const text = typeof experiment === 'string' ? experiment : JSON.stringify(experiment);
  const env = { PATH: THIS_MACHINE.path, HOME: folder };
  return runChaos([{ path: PATH, text }], { folder, env, scratch: join(folder, 'scratch') });
}

/** An echo behind a proxy, which must take connections throughout unless `more` says otherwise. */
const experiment = (more: JsonObject): JsonObject => ({
  name: 'echo',
  processes: [{ name: 'echo', run: `node server.cjs ${port}`, port }],
  proxies: [{ name: 'wire', listen: through, port }],
  steady: [{ name: 'answers', exec: { run: `node ask.cjs ${through}` }, within: '3s' }],
  settle: '50ms',
  ...more,
});

/** Ends with 0 if the echo comes back within a second. */
const ASK =
  "const s = require('net').connect(Number(process.argv[2]), '127.0.0.1', () => s.write('x')); s.on('data', () => process.exit(0)); s.on('error', () => process.exit(1)); setTimeout(() => process.exit(2), 1000);\n";

/** Writes half a mebibyte for whoever asks, takes it away again, and says how that went. */
const WRITER = `
const { rmSync, writeFileSync } = require('fs');
const at = process.argv[3] + '/file';
require('net').createServer((s) => {
  s.on('error', () => {});
  try { writeFileSync(at, Buffer.alloc(524288)); s.end('written'); } catch (error) { s.end(error.code); }
  rmSync(at, { force: true });
}).listen(Number(process.argv[2]), '127.0.0.1');
`;
const ASK_WRITER = `
let told = '';
require('net').connect(Number(process.argv[2]), '127.0.0.1').on('data', (some) => (told += some)).on('close', () => process.exit(told === process.argv[3] ? 0 : 1));
`;
const CLOCK =
  "require('net').createServer((s) => { s.on('error', () => {}); s.end(String(new Date().getTime())); }).listen(Number(process.argv[2]), '127.0.0.1');\n";
const ASK_CLOCK = `
let told = '';
require('net').connect(Number(process.argv[2]), '127.0.0.1').on('data', (some) => (told += some)).on('close', () => {
  process.exit(Math.abs(Number(told) - Date.now() - Number(process.argv[3]) * 3600000) < 60000 ? 0 : 1);
});
`;

/** Whether file systems can be put together here, as bubblewrap does. */
function isConfining(): boolean {
  const walls = ['--dev-bind', '/', '/', '--size', '65536', '--tmpfs', tmpdir(), '--', 'true'];
  return spawnSync('bwrap', walls).status === 0;
}

describe('an experiment', () => {
  beforeEach(() => writeFileSync(join(folder, 'ask.cjs'), ASK));

  it('passes if what is promised holds under the fault, and leaves nothing running', async () => {
    const { passed, findings } = await run(experiment({ faults: [{ proxy: 'wire', latency: '100ms' }] }));
    expect(findings).toEqual([]);
    expect(passed).toEqual(['echo']);
    expect((await converse(port, 'x')).end).toBe('ECONNREFUSED');
    expect((await converse(through, 'x')).end).toBe('ECONNREFUSED');
  });

  it.each([
    ['a cut', { proxy: 'wire', cut: true }],
    ['a process that is suspended', { process: 'echo', stop: true }],
    ['a process that is killed', { process: 'echo', kill: true }],
  ])('fails if it does not: %s; and is steady again afterwards', async (_, fault) => {
    const { failed, findings } = await run(experiment({ faults: [fault] }));
    expect(failed).toEqual(['echo']);
    expect(findings.map(({ code, path, message }) => `${code} ${path} ${message}`)).toEqual([
      expect.stringMatching(
        /^QA_CHAOS chaos\/experiments\/x\.yaml echo: under the faults, `answers` was right in 0 % of 1 samples/,
      ),
    ]);
    expect((await converse(port, 'x')).end).toBe('ECONNREFUSED');
  });

  it('does nothing to what is not steady', async () => {
    const { findings } = await run(
      experiment({
        steady: [{ name: 'never', exec: { run: 'node -e process.exit(4)' } }],
        faults: [{ proxy: 'wire', cut: true }],
      }),
    );
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/not steady before; nothing was done.*ended with 4/),
    ]);
  });

  it('fails if it does not recover, or cannot be set up', async () => {
    writeFileSync(
      join(folder, 'once.cjs'),
      "const fs = require('fs'); if (fs.existsSync('seen')) process.exit(1); fs.writeFileSync('seen', '');\n",
    );
    const steady = [{ name: 'once', exec: { run: 'node once.cjs' } }];
    const during = [{ name: 'port', tcp: { port: through } }];
    const broken = await run(experiment({ steady, during, recover: '200ms', faults: [{ proxy: 'wire', latency: '1ms' }] }));
    expect(broken.findings.map(({ message }) => message)).toEqual([expect.stringMatching(/not steady again within 200ms/)]);
    const absent = await run(
      experiment({
        processes: [{ name: 'echo', run: 'node -e process.exit(3)', port }],
        faults: [{ process: 'echo', kill: true }],
      }),
    );
    expect(absent.findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/does not listen on port \d+\. It ended with 3/),
    ]);
  });

  it('is refused where it is none, before anything is done', async () => {
    const faultOf = async (more: JsonObject | string) =>
      (await run(typeof more === 'string' ? more : experiment(more))).findings.map(({ code, message }) => `${code} ${message}`);
    expect(await faultOf('name: [')).toEqual([expect.stringContaining('QA_DOCUMENT It is no experiment: line')]);
    expect(await faultOf({})).toEqual([expect.stringContaining("required property 'faults'")]);
    expect(await faultOf({ faults: [{ proxy: 'wires', cut: true }] })).toEqual([expect.stringContaining('no proxy `wires`')]);
    expect(await faultOf({ faults: [{ proxy: 'wire' }] })).toEqual([expect.stringContaining('A fault of a `proxy` is one of')]);
    expect(await faultOf({ faults: [{ process: 'echo' }] })).toEqual([
      expect.stringContaining('A fault of a `process` is one of'),
    ]);
  });

  it.runIf(isConfining())('fills the disk of one process, and empties it again', async () => {
    writeFileSync(join(folder, 'writer.cjs'), WRITER);
    const writes = (wanted: string) => ({ name: 'writes', exec: { run: `node ask-writer.cjs ${port} ${wanted}` }, within: '5s' });
    writeFileSync(join(folder, 'ask-writer.cjs'), ASK_WRITER);
    const store = experiment({
      processes: [{ name: 'store', run: `node writer.cjs ${port} data`, port }],
      proxies: [],
      steady: [writes('written')],
      during: [writes('ENOSPC')],
      faults: [{ process: 'store', disk: { folder: 'data', size: 1_048_576 } }],
    });
    expect(await run(store)).toMatchObject({ passed: ['echo'], findings: [] });
    const { findings } = await run({ ...store, during: [writes('written')] });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/under the faults, `writes` was right in 0 %/),
    ]);
    expect(readdirSync(join(folder, 'data'))).toEqual([]);
  });

  it('sets the clock of one process wrong, and right again', async () => {
    writeFileSync(join(folder, 'clock.cjs'), CLOCK);
    writeFileSync(join(folder, 'ask-clock.cjs'), ASK_CLOCK);
    const ahead = (hours: number) => ({ name: 'clock', exec: { run: `node ask-clock.cjs ${port} ${hours}` }, within: '5s' });
    const { passed, findings } = await run(
      experiment({
        processes: [{ name: 'clock', run: `node clock.cjs ${port}`, port }],
        proxies: [],
        steady: [ahead(0)],
        during: [ahead(-48)],
        faults: [{ process: 'clock', clock: '-2d' }],
      }),
    );
    expect(passed).toEqual(['echo']);
    expect(findings.filter(({ level }) => level !== 'note')).toEqual([]);
  });

  it('asks nobody’s cluster that was not allowed outright', async () => {
    const cluster = { kind: 'PodChaos', namespace: 'shop', duration: '30s', spec: { action: 'pod-kill', mode: 'one' } };
    await expect(run(experiment({ faults: [{ cluster }] }))).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('has a schema that says what the program says', () => {
    const path = join(import.meta.dirname, '..', '..', '..', '..', 'schemas', 'files', 'experiment.schema.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(EXPERIMENT_SCHEMA);
  });
});
