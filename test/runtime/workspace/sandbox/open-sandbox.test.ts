import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createOpenSandbox } from '../../../../src/runtime/workspace/sandbox/open-sandbox.ts';
import { type Confinement, DEFAULT_LIMITS, type Limits } from '../../../../src/runtime/workspace/sandbox/sandbox.ts';

const sandbox = createOpenSandbox();
let root: string;
let place: Omit<Confinement, 'limits'>;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'open-')));
  const [workspace, home, temp] = ['workspace', 'home', 'tmp'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [workspace, home, temp]) mkdirSync(folder);
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home, QUOTED: `it's "$HOME" \\ \n` };
  place = { workspace, home, temp, read: [], denyRead: [], denyWrite: [], hosts: [], env };
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

async function run(argv: readonly [string, ...string[]], limits: Partial<Limits> = {}, signal = new AbortController().signal) {
  const child = await sandbox.start(argv, { ...place, limits: { ...DEFAULT_LIMITS, wallMs: 20_000, ...limits } }, signal);
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stdin.end('spoken\n');
  return { ...(await child.ended), stdout, stderr: child.stderr() };
}

const script = (text: string) => ['node', '-e', text] as const;

describe('a sandbox without walls', () => {
  it('hands over every word and every value as it is, and nothing of ours', async () => {
    vi.stubEnv('STOLEN', 'secret');
    const words = ['a b', "'", '"', '$HOME', '`id`', '\n', '', '-e', '\\'];
    const result = await run(['node', '-p', 'JSON.stringify([process.argv.slice(1), process.env])', '--', ...words]);
    const [argv, env] = JSON.parse(result.stdout) as [string[], Record<string, string>];
    expect(argv).toEqual(words);
    expect(env).toMatchObject(place.env);
    expect(Object.keys(env).filter((name) => !/^(?:PATH|HOME|QUOTED|PWD|SHLVL|_)$/.test(name))).toEqual([]);
  });

  it('lets a process speak, be spoken to, and end as it likes', async () => {
    const result = await run(script('process.stdin.pipe(process.stdout); process.stderr.write("words"); process.exitCode = 7'));
    expect(result).toEqual({ ended: 'exited', code: 7, signal: undefined, stdout: 'spoken\n', stderr: 'words' });
  });

  it('says that a program is not there', async () => {
    expect(await run(['no-such-program'])).toMatchObject({ ended: 'exited', code: 127 });
  });

  it.runIf(process.platform === 'linux')(
    'ends a process in its time, with all that it has started in whatever session',
    async () => {
      const daemon = `const { spawn } = require('child_process'); const c = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
      require('fs').writeFileSync('pid', String(c.pid)); setInterval(() => {}, 1000)`;
      expect(await run(script(daemon), { wallMs: 1500 })).toMatchObject({ ended: 'timeout' });
      const pid = Number(readFileSync(join(place.workspace, 'pid'), 'utf8'));
      // One that is dead, and not yet collected, has no command line.
      expect(existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '').toBe('');
    },
  );

  it('ends a process when it is told to, also before it began', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    expect(await run(['sleep', '1000'], {}, controller.signal)).toMatchObject({ ended: 'aborted' });
    expect(await run(['sleep', '1000'], {}, AbortSignal.abort())).toMatchObject({ ended: 'aborted' });
  });

  it('tells of a signal that somebody else sent', async () => {
    expect(await run(script('process.kill(process.pid, "SIGTERM")'))).toMatchObject({ ended: 'signalled', signal: 'SIGTERM' });
  });
});

describe.runIf(process.platform === 'linux')('limits', () => {
  it('hold for the memory of all processes', async () => {
    const limits = { memoryBytes: 300 * 2 ** 20 };
    const fill = 'const all = []; setInterval(() => all.push(Buffer.alloc(20 << 20, 1)), 10)';
    expect(await run(script(fill), limits)).toMatchObject({ ended: 'memory' });
    const two = `const { spawn } = require('child_process'); for (let i = 0; i < 2; i++) spawn(process.execPath, ['-e', 'globalThis.x = Buffer.alloc(200 << 20, 1); setTimeout(() => {}, 20000)'])`;
    expect(await run(script(two), limits)).toMatchObject({ ended: 'memory' });
  });

  it('hold for one file, and for all of them, those without a name too', async () => {
    const limits = { fileBytes: 2 ** 20, diskBytes: 8 * 2 ** 20 };
    const one = await run(script(`require('fs').writeFileSync('large', Buffer.alloc(4 << 20, 1))`), limits);
    expect(one.ended === 'exited' && one.code === 0).toBe(false);
    const many = `for (let i = 0; i < 20; i++) require('fs').writeFileSync(process.env.HOME + '/' + i, Buffer.alloc(1 << 20, 1)); setTimeout(() => {}, 20000)`;
    expect(await run(script(many), limits)).toMatchObject({ ended: 'disk' });
    rmSync(place.home, { recursive: true });
    mkdirSync(place.home);
    const nameless = `const fs = require('fs'); for (let i = 0; i < 20; i++) { const fd = fs.openSync('n', 'w'); fs.unlinkSync('n'); fs.writeSync(fd, Buffer.alloc(1 << 20, 1)); } setTimeout(() => {}, 20000)`;
    expect(await run(script(nameless), limits)).toMatchObject({ ended: 'disk' });
  });

  it('leave a process alone that keeps them', async () => {
    const modest = `const fs = require('fs'); fs.writeFileSync('a', Buffer.alloc(1 << 20)); const b = fs.openSync('sparse', 'w'); fs.ftruncateSync(b, 64 << 20); setTimeout(() => {}, 1500)`;
    expect(await run(script(modest), { diskBytes: 8 * 2 ** 20 })).toMatchObject({ ended: 'exited', code: 0 });
  });
});
