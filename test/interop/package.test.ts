import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { isBuildCurrent } from '../../bin/build-freshness.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

let folder: string;
let unpacked: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  if (!isBuildCurrent(ROOT)) await run(process.execPath, [join(ROOT, 'scripts', 'build.ts')]);
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [, tarball] = /"filename": "([^"]+)"/.exec(stdout) ?? [];
  await run('tar', ['-xzf', join(folder, String(tarball)), '-C', folder]);
  unpacked = join(folder, 'package');
  await symlink(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'));
}, 120_000);

afterAll(async () => rm(folder, { recursive: true }));

test('the packed package holds no sources and runs from its build', async () => {
  expect(existsSync(join(unpacked, 'src'))).toBe(false);
  const cli = join(unpacked, 'bin', 'spec-kit.js');
  const { stdout, stderr } = await run(process.execPath, [cli, 'init', 'spec', '--json'], { cwd: folder });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ apiVersion: 'agentnexus.dev/v1' });
  expect((await run(process.execPath, [cli, 'validate', 'spec'], { cwd: folder })).stdout).toContain('valid');
});

test('publint finds nothing to object to', async () => {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});
