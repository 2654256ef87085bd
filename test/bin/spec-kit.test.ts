import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'bin', 'spec-kit.js');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

test.for(['--version', '-v', 'version'])('%s prints name, version, platform and Node', async (flag) => {
  const { code, stdout, stderr } = await run(process.execPath, [CLI, flag]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`agentnexus/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
});

test('it runs through a link, from another folder, with nothing on stderr', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'link-'));
  const link = join(folder, 'spec-kit');
  await symlink(CLI, link);
  const { code, stdout, stderr } = await run(process.execPath, [link, '--help'], folder);
  await rm(folder, { recursive: true });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('spec-kit');
});

test('a Node that cannot give its modules by name is heard out', async () => {
  const older = `data:text/javascript,delete process.getBuiltinModule;`;
  const { code, stdout, stderr } = await run(process.execPath, ['--import', older, CLI, '--version']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(version);
});

test('an old Node hands over to the one of the checkout, with exit code and output', async (context) => {
  const node = (await oldNode()) ?? context.skip('no Node older than 22.18 on PATH');
  const { code, stdout, stderr } = await run(node, [CLI, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('node-v24.');
  expect((await run(node, [CLI, 'no-such-command'])).code).toBe(2);
});

test('killing the old Node stops the work of the new one', async (context) => {
  const node = (await oldNode()) ?? context.skip('no Node older than 22.18 on PATH');
  const parent = spawn(node, ['--input-type=module', '-e', handOver()], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  for (let tries = 0; isAlive(pid) && tries < 100; tries++) await sleep(50);
  expect(isAlive(pid)).toBe(false);
});

/** An old Node's program: `relaunch.js` with a child that reports its pid and then waits, dying as `launch.js` makes it die. */
function handOver(): string {
  const child = `
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    process.channel.unref();
    console.log(process.pid);
    setInterval(() => {}, 1000);`;
  return `
    process.argv = [process.argv[0], '-e', ${JSON.stringify(child)}];
    const { runAs } = await import(${JSON.stringify(join(ROOT, 'bin', 'relaunch.js'))});
    runAs(${JSON.stringify(process.execPath)}, [], process.env);`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function oldNode(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    const { code, stdout } = await run(node, ['--version']);
    const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number);
    if (code === 0 && (major < 22 || (major === 22 && minor < 18))) return node;
  }
  return undefined;
}

async function run(command: string, args: string[], cwd = tmpdir()): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
