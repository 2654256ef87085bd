import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  expect((await run(process.execPath, [cli, 'help', 'apply'])).stdout).toContain('Run the mission of a specification');
});

test.each(['launcher.py', 'launcher-entry.js'])('the packed package brings %s, which it starts by its path', (name) => {
  expect(existsSync(join(unpacked, 'dist', 'runtime', 'workspace', 'launcher', name))).toBe(true);
});

test('the packed package serves the board, without a build by whoever installs it', async () => {
  const server = spawn(
    process.execPath,
    [join(unpacked, 'bin', 'agentnexus.js'), 'serve', '--port', '0', '--workspace', join(folder, 'w')],
    {
      env: { ...process.env, AGENTNEXUS_KEYS: join(folder, 'keys') },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  try {
    let said = '';
    for await (const chunk of server.stderr) {
      said += String(chunk);
      if (said.includes('token lies')) break;
    }
    const url = /http:\/\/[\w.:]+/.exec(said)?.[0] ?? '';
    const page = await (await fetch(`${url}/`)).text();
    const assets = [...page.matchAll(/(?:href|src)="(\/board\/assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) expect([asset, (await fetch(`${url}${asset}`)).status]).toEqual([asset, 200]);
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }
});

test('publint finds nothing to object to', async () => {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});
