import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Command } from '../../../src/runtime/workspace/launcher/command.ts';
import { orphansIn } from '../../../src/runtime/workspace/orphans.ts';
import { cleanEnvironment, runProcess } from '../../../src/runtime/workspace/process.ts';
import { runLight } from '../../../src/runtime/workspace/run-light.ts';

const MODULE = join(import.meta.dirname, '../../../src/runtime/workspace/run-light.ts');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'light-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function node(script: string) {
  const argv: Command['argv'] = [process.execPath, '-e', script];
  return runLight({ argv, cwd: home, env: cleanEnvironment(home), timeoutMs: 20_000 }, new AbortController().signal);
}

describe('a short command', () => {
  it('sees the environment and the folder that it was given, and nothing else', async () => {
    const { stdout } = await node('console.log(JSON.stringify([process.env, process.cwd(), fs.readFileSync(0, "utf8")]))');
    expect(JSON.parse(stdout)).toEqual([cleanEnvironment(home), home, '']);
  });

  it('is heard as it spoke', async () => {
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
});

describe.skipIf(process.platform !== 'linux')('the small process', () => {
  it('keeps nobody who has no command for it', async () => {
    const argv: Command['argv'] = [
      process.execPath,
      '-e',
      `import(${JSON.stringify(MODULE)}).then((all) => all.expectCommands())`,
    ];
    const limits = { cwd: home, env: cleanEnvironment(home), timeoutMs: 20_000 };
    expect(await runProcess(argv, { ...limits, signal: new AbortController().signal })).toMatchObject({
      ended: 'exited',
      code: 0,
    });
  });

  it('is another one after it was killed, and what it ran is no result', async () => {
    // The command's parent is the small process, and never us.
    const killer = node('fs.writeFileSync("parent", String(process.ppid)); process.kill(process.ppid, "SIGKILL"); for (;;);');
    await expect(killer).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(Number(readFileSync(join(home, 'parent'), 'utf8'))).not.toBe(process.pid);
    for (const pid of orphansIn(home)) process.kill(pid, 'SIGKILL');
    const results = await Promise.all([node(''), node('')]);
    expect(results).toMatchObject([{ code: 0 }, { code: 0 }]);
  });
});
