import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createOpenSandbox } from '../../src/runtime/workspace/sandbox/open-sandbox.ts';
import { runConfined } from '../../src/runtime/workspace/sandbox/run-confined.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';

const srt = createSrtSandbox();
const missing = await srt.missing();

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'confined-')));
  chmodSync(root, 0o700);
  for (const name of ['product', 'product/deep', 'home']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each([
  ['srt', srt],
  ['none', createOpenSandbox()],
])('runConfined by %s', (name, sandbox) => {
  const skipped = name === 'srt' && missing.length > 0;
  const run = (script: string, options: object = {}) => {
    const [product, home] = [join(root, 'product'), join(root, 'home')];
    const env = { PATH: '/usr/bin:/bin', HOME: home };
    return runConfined(['bash', '-c', script], {
      sandbox,
      room: { workspace: product, home },
      cwd: product,
      env,
      timeoutMs: 10_000,
      ...options,
    });
  };

  it.skipIf(skipped)('gives what a process gives: its end, its words, its records', async () => {
    const records: string[] = [];
    const result = await run('cat; echo err >&2; echo one >&3; echo two >&3; exit 3', {
      input: 'in\n',
      onChannel: (line: string) => records.push(line),
    });
    expect(result).toMatchObject({ ended: 'exited', code: 3, stdout: 'in\n', stderr: 'err\n' });
    expect(records).toEqual(['one', 'two']);
  });

  it.skipIf(skipped)('hears the only word of one that ends at once, every time', async () => {
    for (let at = 0; at < 10; at++) {
      const records: string[] = [];
      const { code, stdout } = await run('echo out; echo record >&3', { onChannel: (line: string) => records.push(line) });
      expect({ code, stdout, records }).toEqual({ code: 0, stdout: 'out\n', records: ['record'] });
    }
  });

  it.skipIf(skipped)('works in a folder of the workspace, and has no records that nobody wants', async () => {
    expect(await run('pwd; echo x >&3', { cwd: join(root, 'product', 'deep') })).toMatchObject({
      stdout: `${root}/product/deep\n`,
      code: 1,
    });
  });

  it.skipIf(skipped)('ends what takes too long, says nothing, or is no longer wanted', async () => {
    expect(await run('sleep 100', { timeoutMs: 500 })).toMatchObject({ ended: 'timeout' });
    expect(await run('sleep 100', { stallMs: 500, onChannel: () => {} })).toMatchObject({ ended: 'stalled' });
    expect(await run('sleep 100', { signal: AbortSignal.abort() })).toMatchObject({ ended: 'aborted' });
  });

  it.skipIf(skipped || name === 'none' || process.geteuid?.() !== 0)('says which folder is closed to nobody', async () => {
    const deep = join(root, 'closed', 'run');
    for (const each of ['product', 'home']) mkdirSync(join(deep, each), { recursive: true });
    chmodSync(join(root, 'closed'), 0o700);
    const started = run('true', {
      cwd: join(deep, 'product'),
      room: { workspace: join(deep, 'product'), home: join(deep, 'home') },
    });
    await expect(started).rejects.toMatchObject({ code: 'SANDBOX_MISSING', details: { folder: join(root, 'closed') } });
  });

  it.skipIf(skipped)('says which limit was passed', async () => {
    const limits = { memoryBytes: 200 * 2 ** 20 };
    const [product, home] = [join(root, 'product'), join(root, 'home')];
    const result = await run(`perl -e 'my $x = "x" x (400 << 20); sleep 30'`, { room: { workspace: product, home, limits } });
    expect(result).toMatchObject({ ended: 'signalled', stderr: expect.stringContaining('It used more memory than it may.') });
  });
});

describe.skipIf(missing.length > 0)('a launcher that was kept ready', () => {
  it('is replaced where somebody has ended it', async () => {
    const [product, home] = [join(root, 'product'), join(root, 'home')];
    const call = { cwd: product, env: { PATH: '/usr/bin:/bin', HOME: home }, timeoutMs: 10_000 };
    const run = () => runConfined(['true'], { sandbox: srt, room: { workspace: product, home }, ...call });
    expect(await run()).toMatchObject({ ended: 'exited', code: 0 });
    const spares = ownChildren().filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('launch-entry'));
    expect(spares.length).toBeGreaterThan(0);
    for (const pid of spares) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await run()).toMatchObject({ ended: 'exited', code: 0 });
  });
});

function ownChildren(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
