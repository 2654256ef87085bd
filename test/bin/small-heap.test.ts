import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

const SMALL_HEAP = pathToFileURL(join(import.meta.dirname, '..', '..', 'bin', 'small-heap.js')).href;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'small-heap-'));
  writeFileSync(
    join(dir, 'main.mjs'),
    `import { shrinkHeap } from '${SMALL_HEAP}'; shrinkHeap(process.argv.slice(2)); console.log(process.execArgv.join(' '), process.argv.slice(2).join(' '));`,
  );
  mkdirSync(join(dir, 'large', '.taskmaster', 'tasks'), { recursive: true });
  writeFileSync(join(dir, 'large', '.taskmaster', 'tasks', 'tasks.json'), ' '.repeat(300_000));
  mkdirSync(join(dir, 'small', 'node_modules'), { recursive: true });
  writeFileSync(join(dir, 'small', 'spec.md'), '# Small');
  writeFileSync(join(dir, 'small', 'node_modules', 'big.js'), ' '.repeat(300_000));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]): string =>
  spawnSync(process.execPath, ['main.mjs', ...args], { cwd: dir, encoding: 'utf8' }).stdout.trim();

it.runIf('execve' in process)('starts over with a small heap for a large bundle, once, with the same arguments', () => {
  expect(run('plan', '--json', 'large')).toMatch(/--max-semi-space-size=2 --heap-growing-percent=25 plan --json large$/);
  expect(run('apply', join('large', '.taskmaster', 'tasks', 'tasks.json'))).toContain('--max-semi-space-size=2');
});

it.runIf('execve' in process)('starts over with a small heap to serve', () => {
  expect(run('serve', '--port', '0')).toMatch(/--max-semi-space-size=2 --heap-growing-percent=25 serve --port 0$/);
});

it('leaves small bundles, other commands and missing paths alone', () => {
  for (const args of [['apply', 'small'], ['status', 'large'], ['plan', 'nowhere'], ['plan'], []]) {
    expect(run(...args)).not.toContain('--max-semi-space-size');
  }
});
