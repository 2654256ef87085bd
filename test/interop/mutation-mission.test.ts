import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { runProcess } from '../../src/runtime/workspace/process.ts';

/** As it is on npm: fetched here only, at the version that it was tried with. */
const STRYKER = '@stryker-mutator/core@10.1.1';
const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

const CODE = `export const whole = (cents) => Math.round(cents / 100);
export const discount = (cents, count) => (count > 10 ? cents - cents / 10 : cents);
`;
const tests = (discount: string) => `import test from 'node:test';
import assert from 'node:assert/strict';
import * as price from '../src/price.mjs';
test('rounds', () => assert.equal(price.whole(250), 3));
${discount}`;
const WEAK = tests("test('discounts', () => assert.equal(price.discount(100, 20), 90));\n");
const STRONG = tests(
  "test('discounts', () => assert.deepEqual([20, 11, 10].map((n) => price.discount(100, n)), [90, 90, 100]));\n",
);

const FILES: Record<string, string> = {
  'package.json': '{"name":"prices","version":"1.0.0","type":"module","private":true,"scripts":{"test":"node --test"}}',
  'src/price.mjs': CODE.split('\n').slice(0, 1).join('\n'),
  'test/price.test.mjs': tests(''),
  'specs/tasks.md': '# Tasks: Prices\n\n## Phase 1\n\n- [ ] T001 Discount prices\n',
  '.agentnexus.yaml': 'qa:\n  suites: [mutation]\n  policy: { mutation: 0.9 }\n',
  '.gitignore': 'node_modules\n.agentnexus\n',
  'script.yaml': JSON.stringify({
    version: 1,
    tasks: {
      T001: { attempts: [WEAK, STRONG].map((test) => ({ writes: { 'src/price.mjs': CODE, 'test/price.test.mjs': test } })) },
    },
  }),
};

let folder: string;
let missing: string | undefined;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mutation-mission-')));
  // As root, what runs within walls is somebody else.
  chmodSync(folder, 0o755);
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const install = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', STRYKER];
  await promisify(execFile)('npm', install, { cwd: folder }).catch(
    (error: unknown) => (missing = `npm install ${STRYKER} failed: ${String(error)}`),
  );
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

it(
  'mutants that no test notices send a mission back to who left them; noticed, it passes',
  { timeout: 400_000 },
  async (context) => {
    if (missing !== undefined) context.skip(missing);
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, AGENTNEXUS_KEYS: join(folder, '.agentnexus', 'own-keys') };
    const run = async (program: string, ...args: string[]) => {
      const { stdout, stderr, code } = await runProcess([program, ...args], { cwd: folder, env, timeoutMs: 300_000 });
      return { code, said: stdout + stderr };
    };
    await run('git', 'init', '-q', '-b', 'main');
    await run('git', 'add', '.');
    await run('git', '-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit', '-q', '-m', 'What was there');

    const agent = ['--agent', 'script:script.yaml', '--budget', 'task.attempts=3'];
    const { code, said } = await run(process.execPath, COMMAND, 'apply', 'specs', ...agent);

    expect(said).toContain(
      'QA_MUTATION_LOW src/price.mjs:2: 7 of 7 mutants run, 5 noticed by tests: 71 %, and 90 % are asked for.',
    );
    expect(said).toContain('src/price.mjs:2: `count > 10` → `count >= 10` (EqualityOperator): no test notices.');
    expect(said).toContain('work:t001  verify:work found it at fault');
    expect(said).toContain('gate    pass');
    expect(code).toBe(0);
    const report = await run(process.execPath, COMMAND, 'report', 'latest', '--out', '-');
    expect(report.said).toContain('7 of 7 mutants run, 7 noticed by tests.');
  },
);
