import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Command } from '../../../src/runtime/workspace/launcher/message.ts';
import { orphansIn } from '../../../src/runtime/workspace/orphans.ts';
import { cleanEnvironment } from '../../../src/runtime/workspace/process.ts';
import { runLight } from '../../../src/runtime/workspace/run-light.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'light-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(argv: Command['argv'], options: Partial<Command> & { signal?: AbortSignal } = {}) {
  const { signal = new AbortController().signal, ...more } = options;
  return runLight({ argv, cwd: home, env: cleanEnvironment(home), timeoutMs: 20_000, ...more }, signal);
}

const node = (script: string, options: Parameters<typeof run>[1] = {}) => run([process.execPath, '-e', script], options);

describe('a command that a small process starts', () => {
  it('sees the environment and the folder that it was given, and nothing else', async () => {
    const { stdout } = await node('console.log(JSON.stringify([process.env, process.cwd(), fs.readFileSync(0, "utf8")]))');
    expect(JSON.parse(stdout)).toEqual([cleanEnvironment(home), home, '']);
  });

  it('is heard as it spoke, whatever the bytes', async () => {
    const said = 'zwölf "quoted" \\ 🜁\u2028\r\n';
    const result = await node(`process.stdout.write(${JSON.stringify(said)}); console.error("err"); process.exitCode = 137`);
    expect(result).toEqual({
      ended: 'exited',
      code: 137,
      signal: undefined,
      stdout: said,
      stderr: 'err\n',
      truncated: false,
      durationMs: expect.any(Number),
    });
  });

  it('is told apart: ended by a signal, too slow, no longer wanted', async () => {
    const results = await Promise.all([
      node('process.kill(process.pid, "SIGTERM")'),
      node('for (;;);', { timeoutMs: 300 }),
      node('for (;;);', { signal: AbortSignal.timeout(300) }),
      node('for (;;);', { signal: AbortSignal.abort() }),
    ]);
    expect(results.map(({ ended, signal }) => `${ended} ${signal}`)).toEqual([
      'signalled SIGTERM',
      'timeout SIGKILL',
      'aborted SIGKILL',
      'aborted SIGKILL',
    ]);
  });

  it('keeps the beginning and the end of a flood', async () => {
    const { stdout, truncated } = await node('fs.writeSync(1, "first" + "x".repeat(5e6) + "last")', { outputLimit: 1000 });
    expect(truncated).toBe(true);
    expect(stdout).toMatch(/^first.*\n… 4999009 characters left out …\n.*last$/s);
  });

  it('takes with it what it started and did not wait for', async () => {
    const child = "setInterval(() => fs.appendFileSync('alive', 'x'), 10)";
    await node(
      `child_process.spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })
        .once('spawn', () => setTimeout(() => process.exit(0), 300))`,
    );
    const before = statSync(join(home, 'alive')).size;
    await sleep(200);
    expect(statSync(join(home, 'alive')).size).toBe(before);
  });

  it.each([
    ['a program', [join('/', 'nothing', 'here')], {}],
    ['a folder', ['true'], { cwd: '/nothing/here' }],
  ] as const)('is no result where %s is missing', async (_what, argv, options) => {
    await expect(run([...argv], { env: { PATH: process.env['PATH'] ?? '' }, ...options })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      details: { file: argv[0], systemCode: 'ENOENT' },
    });
  });
});

describe.skipIf(process.platform !== 'linux')('the small process', () => {
  it('is another one after it was killed, and what it ran is no result', async () => {
    // The command's parent is the small process, and never us.
    const killer = node('fs.writeFileSync("parent", String(process.ppid)); process.kill(process.ppid, "SIGKILL"); for (;;);');
    await expect(killer).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(Number(readFileSync(join(home, 'parent'), 'utf8'))).not.toBe(process.pid);
    for (const pid of orphansIn(home)) process.kill(pid, 'SIGKILL');
    expect(await node('')).toMatchObject({ ended: 'exited', code: 0 });
  });
});
