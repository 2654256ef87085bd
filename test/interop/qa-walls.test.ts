import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { createQaEngine } from '../../src/runtime/qa/engine.ts';
import { runContracts } from '../../src/runtime/qa/contracts/contract-suite.ts';
import { projectSandbox } from '../../src/runtime/qa/project-sandbox.ts';
import type { Walls } from '../../src/runtime/qa/walls.ts';
import { runProcess } from '../../src/runtime/workspace/process.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { createScriptAgent } from '../../src/runtime/workspace/script/script-agent.ts';
import { aTask } from '../runtime/mission/a-task.ts';
import { bareProductOf, productOf } from '../runtime/qa/product.ts';

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

/** Starts a program as a user without privileges who may make no namespaces any more. */
const WITHOUT_NAMESPACES = [
  '/usr/bin/env',
  ...(process.geteuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []),
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  'sh',
  '-c',
  'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all "$@"',
  'sh',
] as const;

const sandbox = createSrtSandbox();
const missing = await sandbox.missing();
const outside = realpathSync(mkdtempSync(join(tmpdir(), 'qa-walls-')));
chmodSync(outside, 0o777);
writeFileSync(join(outside, 'secret'), 'canary-1b2c');
chmodSync(join(outside, 'secret'), 0o666);
const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
let contacts = 0;
server.on('connection', () => contacts++);
afterAll(() => {
  server.close();
  rmSync(outside, { recursive: true });
});

async function judge(files: Record<string, string>, walls: Walls | undefined) {
  const product = bareProductOf(files);
  const scratch = join(outside, 'scratch');
  const engine = createQaEngine({ ...product, scratch, jobs: 2, limits: { stallMs: 10_000, memoryMb: 256 } });
  const checks = [{ task: 'product', scope: 'product' as const, artifacts: product.tree }];
  const [result] = await engine.run({ checks, tree: product.tree }, walls === undefined ? {} : { walls });
  return { findings: result?.findings ?? [], tests: result?.tests };
}

const ATTACK = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { connect } from 'node:net';
  const tried = async (what) => { try { return await what(); } catch (error) { return 'no: ' + error.code; } };
  const port = PORT;
  export const read = () => tried(() => readFileSync(${JSON.stringify(join(outside, 'secret'))}, 'utf8'));
  export const write = () => tried(() => writeFileSync(${JSON.stringify(join(outside, 'made'))}, 'x'));
  export const reach = () => tried(() => new Promise((resolve, reject) => connect(port, '127.0.0.1', () => resolve('reached')).on('error', reject)));
`;

const port = () => String((server.address() as { port: number }).port);
const product = (test: string) => ({
  'package.json': JSON.stringify({ name: 'p', version: '1.0.0', type: 'module', license: 'MIT' }),
  'attack.mjs': ATTACK.replace('PORT', port()),
  'a.test.mjs': test,
});

const CLEAN = `
  import test from 'node:test';
  import assert from 'node:assert/strict';
  import { read, write, reach } from './attack.mjs';
  test('reads', async () => assert.match(String(await read()), /^no: /));
  // What is hidden is an empty folder in memory: writing there is writing nowhere.
  test('writes', async () => assert.ok([undefined, 'no: EROFS', 'no: ENOENT', 'no: EACCES'].includes(await write())));
  test('reaches', async () => assert.match(String(await reach()), /^no: /));
  test('works', () => assert.equal(process.env.HOME !== undefined && 6 * 7, 42));`;

describe.skipIf(missing.length > 0)('tests of a product that nobody has read', () => {
  it('run within walls: they read, write and reach nothing of ours', async () => {
    const { findings } = await judge(product(CLEAN), { sandbox });
    expect(findings.filter(({ level }) => level !== 'note')).toEqual([]);
    expect([existsSync(join(outside, 'made')), contacts]).toEqual([false, 0]);
  });

  it('are those of Jest and TypeScript too, with their workers and their channel', async () => {
    const own = productOf({
      'src/sum.ts': 'export const sum = (a: number, b: number): number => a + b;\n',
      'test/sum.test.ts':
        "import { test, expect } from '@jest/globals';\nimport { sum } from '../src/sum.js';\ntest('adds', () => { expect(sum(1, 2)).toBe(3); });\n",
    });
    const engine = createQaEngine({ ...own, scratch: join(outside, 'scratch'), jobs: 2 });
    const checks = [own.check('sum', 'src/sum.ts', 'test/sum.test.ts')];
    const [result] = await engine.run({ checks, tree: own.tree }, { walls: { sandbox } });
    expect(result).toMatchObject({ result: 'pass', findings: [], tests: { total: 1, passed: 1 }, coverage: 1 });
  });

  it('are those of contracts too, whose functions are called from outside', async () => {
    const module = (kind: string) => `
      import { readFileSync } from 'node:fs';
      export function isOrder(value: any): boolean {
        ${kind === 'evil' ? `readFileSync(${JSON.stringify(join(outside, 'secret'))});` : ''}
        return typeof value === 'number' && value >= 0;
      }`;
    const judged = (kind: string) => {
      const files: Record<string, string> = { 'order.schema.json': '{"type":"number","minimum":0}', 'order.ts': module(kind) };
      const scratch = mkdtempSync(join(outside, 'run-'));
      const room = projectSandbox(bareProductOf(files), { scratch, installed: scratch });
      const promise = { schema: 'order.schema.json', module: 'order.ts', accepts: 'isOrder' };
      return runContracts([promise], (path) => files[path], {
        sandbox: { ...room, walls: { sandbox } },
        options: { seed: 11, runs: 40 },
      });
    };
    expect(await judged('right')).toMatchObject({ failed: [], findings: [] });
    expect((await judged('evil')).findings.map(({ code }) => code)).not.toEqual([]);
  });

  it('of the user’s own project run within them too, and see what is installed in its folder', async () => {
    const folder = mkdtempSync(join(outside, 'own-'));
    chmodSync(folder, 0o755);
    const files: Record<string, string> = {
      ...product(CLEAN.replace('import { read', "import { six } from 'six';\n  import { read").replace('6 * 7', 'six * 7')),
      'node_modules/six/package.json': '{"name":"six","version":"1.0.0","type":"module","exports":"./index.js"}',
      'node_modules/six/index.js': 'export const six = 6;\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const run = async (...flags: string[]) => {
      const argv = [process.execPath, COMMAND, 'qa', 'run', folder, '--json', ...flags] as const;
      // A project that is the home itself is hidden, and shown again in the same place.
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
      return JSON.parse((await runProcess([...argv], { cwd: folder, env, timeoutMs: 60_000 })).stdout);
    };
    expect(await run()).toMatchObject({ result: 'pass', sandbox: { name: 'srt', why: null }, tests: { passed: 4 } });
    expect(await run('--unsafe-no-sandbox')).toMatchObject({ result: 'fail', sandbox: { name: 'none', why: null } });
    rmSync(join(outside, 'made'), { force: true });
    contacts = 0;
  });

  it.each(['node:test', 'contracts', 'held-out'])(
    '%s: of the user run without where the system lets nobody build any, which is said',
    async (suite) => {
      const folder = mkdtempSync(join(outside, 'bare-'));
      const files = {
        'a.test.mjs': "import test from 'node:test';\ntest('works', () => {});\n",
        'held/b.test.mjs': "import test from 'node:test';\ntest('works too', () => {});\n",
        'order.schema.json': '{"type":"number","minimum":0}',
        'order.mjs': 'export const isOrder = (value) => typeof value === "number" && value >= 0;\n',
        '.agentnexus.yaml':
          'qa: { heldOut: [{ tests: held, requirement: FR-1 }], contracts: [{ schema: order.schema.json, module: order.mjs, accepts: isOrder }] }\n',
      };
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      for (const path of ['.', 'held']) chmodSync(join(folder, path), 0o755);
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
      const argv = [...WITHOUT_NAMESPACES, process.execPath, COMMAND, 'qa', 'run', folder, '--suite', suite, '--json'] as const;
      const { stdout, stderr } = await runProcess([...argv], { cwd: folder, env, timeoutMs: 60_000 });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({
        result: 'pass',
        sandbox: { name: 'none', why: expect.stringMatching(/^a process cannot be confined \(bwrap: .*namespace/) },
      });
    },
  );

  it('would do all of that without', async () => {
    const { findings } = await judge(product(CLEAN), undefined);
    expect(findings.map(({ code }) => code)).toContain('QA_TEST_FAILED');
    expect([existsSync(join(outside, 'made')), contacts > 0]).toEqual([true, true]);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('canary-1b2c');
  });

  it('do not run at all where there are none', async () => {
    const nowhere = createSrtSandbox({ folders: ['/nowhere'] });
    await expect(judge(product(CLEAN), { sandbox: nowhere })).rejects.toMatchObject({ code: 'SANDBOX_MISSING' });
  });
});

describe.skipIf(missing.length > 0)('commands of a script', () => {
  it('run within walls where there are any', async () => {
    const scratch = join(outside, 'scripts');
    const run = [
      process.execPath,
      '-e',
      `const fs = require('fs'); fs.writeFileSync('kept', 'x'); fs.writeFileSync(${JSON.stringify(join(outside, 'made-by-script'))}, 'x')`,
    ] as const;
    const agent = createScriptAgent(
      { version: 1, tasks: { T1: { run: [...run] } } },
      { scratch, path: '/usr/bin:/bin', confine: sandbox },
    );
    const task = aTask('work:t1', { sourceId: 'T1', kind: 'work', ability: 'model' });
    const brief = { mission: 'm', task, attempt: 1, needs: new Map(), tree: () => [], read: () => Buffer.from('') };
    const result = await agent.perform(brief, new AbortController().signal, async () => {});
    expect(result).toMatchObject({ outcome: 'done', files: [{ path: 'kept' }] });
    expect(existsSync(join(outside, 'made-by-script'))).toBe(false);
  });
});
