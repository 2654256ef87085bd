import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { cleanEnvironment, type ProcessOptions, runProcess } from '../../../src/runtime/workspace/process.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'process-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function node(script: string, options: Partial<ProcessOptions> = {}) {
  return runProcess([process.execPath, '-e', script], { cwd: home, env: cleanEnvironment(home), timeoutMs: 20_000, ...options });
}

describe('the environment', () => {
  it('holds what is listed and nothing else', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'secret');
    const { stdout } = await node('console.log(JSON.stringify(process.env))');
    vi.unstubAllEnvs();
    expect(Object.keys(JSON.parse(stdout) as object).sort()).toEqual(['HOME', 'LANG', 'NO_COLOR', 'PATH', 'TMPDIR', 'TZ']);
  });

  it('keeps home and temporary files below the given folder', () => {
    expect(cleanEnvironment(home)).toMatchObject({ HOME: home, TMPDIR: join(home, 'tmp') });
  });
});

describe('how a process ends', () => {
  it('tells the exit code and both outputs', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(result).toMatchObject({
      ended: 'exited',
      code: 3,
      signal: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });

  it('tells a signal from outside', async () => {
    expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({
      ended: 'signalled',
      code: undefined,
      signal: 'SIGKILL',
    });
  });

  it('stops what takes too long', async () => {
    const result = await node('for (;;);', { timeoutMs: 300 });
    expect(result).toMatchObject({ ended: 'timeout', signal: 'SIGKILL' });
    expect(result.durationMs).toBeLessThan(5000);
  });

  it('stops what says nothing for too long, and lets go on what speaks', async () => {
    const speak = 'const t = setInterval(() => fs.writeSync(3, "x\\n"), 100); setTimeout(() => clearInterval(t), 1200)';
    const onChannel = () => {};
    const [silent, speaking] = await Promise.all([
      node('setInterval(() => {}, 1000)', { stallMs: 800, onChannel }),
      node(speak, { stallMs: 800, onChannel }),
    ]);
    expect([silent.ended, speaking.ended]).toEqual(['stalled', 'exited']);
  });

  it('stops on abort, also on one that came before', async () => {
    expect(await node('for (;;);', { signal: AbortSignal.timeout(200) })).toMatchObject({ ended: 'aborted' });
    expect(await node('for (;;);', { signal: AbortSignal.abort() })).toMatchObject({ ended: 'aborted' });
  });

  it('throws for a program that is not there', async () => {
    const missing = runProcess([join(home, 'nothing')], { cwd: home, env: {}, timeoutMs: 1000 });
    await expect(missing).rejects.toMatchObject({ code: 'TOOL_MISSING', details: { systemCode: 'ENOENT' } });
  });
});

describe('what a process leaves behind', () => {
  const orphan = (script: string, how: string) =>
    `const child = child_process.spawn(process.execPath, ['-e', ${JSON.stringify(script)}], { stdio: 'inherit'${how} });
     child.once('spawn', () => setTimeout(() => { console.log(child.pid); process.exit(0); }, 300));`;

  it('kills what it started and did not wait for', async () => {
    await node(orphan("setInterval(() => fs.appendFileSync('alive', 'x'), 10)", ''));
    const before = statSync(join(home, 'alive')).size;
    await setTimeout(200);
    expect(statSync(join(home, 'alive')).size).toBe(before);
  });

  it('does not wait for one that left the group and holds the pipes', async () => {
    const { stdout, durationMs } = await node(orphan('setTimeout(() => {}, 5000)', ', detached: true'));
    process.kill(Number(stdout), 'SIGKILL');
    expect(durationMs).toBeLessThan(3000);
  });
});

describe('what goes in and out', () => {
  it('hands in the input, and lines out as they come', async () => {
    const lines: string[] = [];
    const onLine = (line: string, stream: string) => lines.push(`${stream} ${line}`);
    await node('const text = fs.readFileSync(0, "utf8"); process.stdout.write(text); console.error("end")', {
      input: 'one\r\ntwo',
      onLine,
    });
    expect(lines.sort()).toEqual(['stderr end', 'stdout one', 'stdout two']);
  });

  it('hears the channel in whole lines, however long', async () => {
    const lines: string[] = [];
    await node('fs.writeSync(3, "x".repeat(300000) + "\\n" + "last")', { onChannel: (line) => lines.push(line) });
    expect(lines.map(({ length }) => length)).toEqual([300_000, 4]);
  });

  it('keeps the beginning and the end of a flood', async () => {
    const flood = 'fs.writeSync(1, "first" + "x".repeat(5e6) + "last")';
    const { stdout, truncated } = await node(flood, { outputLimit: 1000 });
    expect(truncated).toBe(true);
    expect(stdout).toMatch(/^first.*\n… 4999009 characters left out …\n.*last$/s);
  });
});
