import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Command } from '../../../../src/runtime/workspace/launcher/command.ts';
import { Launcher, LAUNCHERS } from '../../../../src/runtime/workspace/launcher/launcher.ts';
import { runProcess } from '../../../../src/runtime/workspace/process.ts';

const MODULE = join(import.meta.dirname, '../../../../src/runtime/workspace/launcher/launcher.ts');
const PATH = '/usr/bin:/bin';

const programs = Object.entries(LAUNCHERS).filter(([name, [file]]) => {
  const there = process.platform === 'linux' && existsSync(file);
  if (!there) console.warn(`No launcher in ${name} is tested here.`);
  return there;
});

const home = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function command(argv: Command['argv'], more: Partial<Command> = {}): Command {
  return { argv, cwd: home, env: { PATH }, timeoutMs: 20_000, ...more };
}

describe.each(programs)('a launcher in %s', (language, program) => {
  let launcher: Launcher;
  beforeAll(async () => {
    launcher = new Launcher(program);
    if (!(await launcher.ready)) throw new Error(`${program[0]} cannot be started`);
  });

  const run = (order: Command, signal = new AbortController().signal) => launcher.run(order, signal);
  const shell = (script: string, more: Partial<Command> = {}, signal?: AbortSignal) =>
    run(command(['/bin/sh', '-c', script], more), signal);

  it('has the same to say as the large process itself, whatever it runs', async () => {
    const name = fc.stringMatching(/^[^=\0]{1,12}$/u);
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
    const runs = fc.record({
      env: fc.dictionary(name, text, { maxKeys: 5 }),
      args: fc.array(fc.oneof(text, fc.constantFrom('', '\n', "'", '"', '$(x)', '-n', '\\')), { maxLength: 5 }),
      end: fc.oneof(
        fc.nat(255).map((code) => `exit ${code}`),
        fc.constantFrom('KILL', 'TERM', 'INT', 'HUP', 'PIPE', 'SEGV', 'ALRM').map((signal) => `kill -${signal} $$`),
      ),
      bytes: fc.uint8Array({ maxLength: 300 }),
      outputLimit: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(100_000)),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ env, args, end, bytes, outputLimit }) => {
        writeFileSync(join(home, 'said'), bytes);
        const script = `cat /proc/$$/cmdline said; cat /proc/$$/environ said >&2; pwd; ${end}`;
        const order = command(['/bin/sh', '-c', script, 'sh', ...args], { env: { ...env, PATH }, outputLimit });
        const [there, here] = [await run(order), await runProcess(order.argv, order)];
        expect(there).toEqual({ ...here, durationMs: expect.any(Number) });
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, Command['argv'], Partial<Command>]>([
    ['a program', ['nothing'], {}],
    ['a program that can be run', ['/etc/passwd'], {}],
    ['a program that is a file', ['/etc'], {}],
    ['a folder', ['true'], { cwd: '/nothing/here' }],
    ['a folder that is one', ['true'], { cwd: '/etc/passwd' }],
    ['PATH that has it', ['sh'], { env: { PATH: '/etc' } }],
  ])('has the same reason as the large process itself where it misses %s', async (_what, argv, more) => {
    const order = command(argv, more);
    const reasons = await Promise.allSettled([run(order), runProcess(argv, order)]);
    const [there, here] = reasons.map((each) => each.status === 'rejected' && each.reason);
    expect(there).toMatchObject({ code: 'TOOL_MISSING', message: here.message, details: here.details });
  });

  it.each<[string, Command, string]>([
    ['has a NUL', command(['echo', 'a\0b']), 'EINVAL'],
    ['has a NUL in its environment', command(['true'], { env: { PATH, A: 'a\0B=b' } }), 'EINVAL'],
    ['is longer than the system allows', command(['true', 'x'.repeat(2 ** 18)]), 'E2BIG'],
  ])('runs no command that %s', async (_what, order, systemCode) => {
    await expect(run(order)).rejects.toMatchObject({ code: 'TOOL_MISSING', details: { systemCode } });
  });

  it.each(['script', './script'])('gives %s to the shell where it names no interpreter', async (name) => {
    writeFileSync(join(home, 'script'), 'echo "$0 $1"', { mode: 0o700 });
    const order = command([name, 'one'], { env: { PATH: `/nothing:${home}` } });
    const [there, here] = [await run(order), await runProcess(order.argv, order)];
    expect(there).toMatchObject({ code: 0, stdout: here.stdout });
  });

  it('searches for a program where there is no PATH too', async () => {
    expect(await run(command(['true'], { env: {} }))).toMatchObject({ ended: 'exited', code: 0 });
  });

  it('looks for a program anew each time', async () => {
    const [first, second] = [mkdtempSync(join(home, 'first-')), mkdtempSync(join(home, 'second-'))];
    const put = (folder: string) => writeFileSync(join(folder, 'tool'), `#!/bin/sh\necho ${folder}`, { mode: 0o700 });
    const take = (folder: string) => rmSync(join(folder, 'tool'));
    const where = async () => (await run(command(['tool'], { env: { PATH: `${first}:${second}:${PATH}` } }))).stdout.trim();
    put(second);
    expect(await where()).toBe(second);
    put(first);
    expect(await where()).toBe(first);
    take(first);
    expect(await where()).toBe(second);
    take(second);
    await expect(where()).rejects.toMatchObject({ details: { systemCode: 'ENOENT' } });
  });

  it('tells apart who was ended, too slow, no longer wanted', async () => {
    const results = await Promise.all([
      shell('kill -TERM $$'),
      shell('sleep 1000', { timeoutMs: 200 }),
      shell('sleep 1000', {}, AbortSignal.timeout(200)),
      shell('sleep 1000', {}, AbortSignal.abort()),
    ]);
    expect(results.map(({ ended, signal }) => `${ended} ${signal}`)).toEqual([
      'signalled SIGTERM',
      'timeout SIGKILL',
      'aborted SIGKILL',
      'aborted SIGKILL',
    ]);
  });

  it('keeps the beginning and the end of a flood, and hears the others meanwhile', async () => {
    const script = `printf first; head -c 5000000 /dev/zero | tr '\\0' x; printf last`;
    const [flood, other] = await Promise.all([shell(script, { outputLimit: 1000 }), shell('echo other')]);
    expect(flood.truncated).toBe(true);
    expect(flood.stdout).toMatch(/^first.*\n… 4999009 characters left out …\n.*last$/s);
    expect(other.stdout).toBe('other\n');
  });

  it('gives a command no input, and none of its own files', async () => {
    const { stdout } = await shell('cat; ls /proc/self/fd');
    // The last one is the folder that is being listed. What whoever runs this test has left open lies above.
    expect(stdout.split('\n').filter((fd) => /^\d$/.test(fd))).toEqual(['0', '1', '2', '3']);
  });

  it('gives a command signals as they are at first', async () => {
    const { stdout } = await run(command(['grep', '-E', 'SigBlk|SigIgn', '/proc/self/status']));
    // 32 and 33 are the C library's own, which hands them on ignored.
    expect(stdout.replace('0000000180000000\n', '0000000000000000\n')).toBe(
      'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n',
    );
  });

  it('ends with a command what that has left in its group, and lets go of what has left it', async () => {
    const { stdout, code } = await shell(
      '(sleep 0.3; while :; do echo x >> alive; sleep 0.01; done) & setsid sleep 1000 & echo $!; sleep 0.6; exit 3',
    );
    process.kill(Number(stdout), 'SIGKILL');
    expect(code).toBe(3);
    const before = statSync(join(home, 'alive')).size;
    await sleep(200);
    expect(statSync(join(home, 'alive')).size).toBe(before);
  });

  it('waits for a command that has closed its pipes, and kills it where it is too slow', async () => {
    expect(await shell('exec >&- 2>&-; sleep 0.3; exit 3')).toMatchObject({ ended: 'exited', code: 3 });
    expect(await shell('exec >&- 2>&-; sleep 1000', { timeoutMs: 300 })).toMatchObject({ ended: 'timeout', signal: 'SIGKILL' });
  });

  it('hears all that a command has said before its end, also where that is more than a pipe holds', async () => {
    const { stdout } = await shell("head -c 1000000 /dev/zero | tr '\\0' x; printf last", { outputLimit: 2_000_000 });
    expect(stdout.length).toBe(1_000_004);
    expect(stdout.endsWith('xlast')).toBe(true);
  });

  it('keeps nothing of hundreds that have ended', async () => {
    const own = async () => readdirSync(join('/proc', (await shell('echo $PPID')).stdout.trim(), 'fd')).length;
    const before = await own();
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const results = await Promise.all(numbers.map((number) => shell(`echo ${number}; exit ${number}`)));
    expect(results.map(({ stdout, code }) => [Number(stdout), code])).toEqual(numbers.map((number) => [number, number]));
    await Promise.all(numbers.map(() => run(command(['nothing'])).catch(() => undefined)));
    await expect.poll(own).toBe(before);
  });

  it('takes with it what it runs when whoever gave the orders is killed', async () => {
    const order = command(['/bin/sh', '-c', `echo $$ > pid-${language}; sleep 1000`]);
    const script = `import { Launcher } from ${JSON.stringify(MODULE)};
      await new Launcher(${JSON.stringify(program)}).run(${JSON.stringify(order)}, new AbortController().signal);`;
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const pid = await contentOf(join(home, `pid-${language}`));
    expect(isAlive(pid)).toBe(true);
    writer.kill('SIGKILL');
    while (isAlive(pid)) await sleep(20);
  });

  // The last one: there is no launcher after it.
  it('knows nothing of what it ran when it is killed itself, and can be given nothing more', async () => {
    const killer = shell('kill -KILL $PPID; sleep 1000');
    await expect(killer).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(launcher.ended).toBe(true);
    await expect(shell('true')).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

// Its own four, and the four ends of two pipes: the fifth would tell the end of the command.
it.runIf(programs.some(([name]) => name === 'python'))(
  'a launcher leaves nothing running that it could not hear the end of',
  async () => {
    const [file, ...args] = LAUNCHERS.python;
    const launcher = new Launcher(['/bin/sh', '-c', 'ulimit -n 8; exec "$@"', 'sh', file, ...args]);
    expect(await launcher.ready).toBe(true);
    for (let round = 0; round < 2; round++) {
      const late = command(['/bin/sh', '-c', 'echo $$ > begun; sleep 0.3; touch late']);
      await expect(launcher.run(late, new AbortController().signal)).rejects.toMatchObject({ details: { systemCode: 'EMFILE' } });
    }
    await sleep(600);
    expect(existsSync(join(home, 'late'))).toBe(false);
  },
);

async function contentOf(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
