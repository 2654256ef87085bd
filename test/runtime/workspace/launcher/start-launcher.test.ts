import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { LAUNCHERS, type LauncherProgram } from '../../../../src/runtime/workspace/launcher/launcher.ts';
import { startLauncher } from '../../../../src/runtime/workspace/launcher/start-launcher.ts';

describe.skipIf(process.platform !== 'linux')('a launcher that is started', () => {
  it.each<[string, LauncherProgram]>([
    ['missing', ['/nothing/here']],
    ['not what it is taken for', ['/bin/sh', '-c', 'echo hello >&3']],
    ['ended at once', ['/bin/false']],
  ])('is the next one where the first is %s', async (_what, first) => {
    const launcher = await startLauncher([first, LAUNCHERS.node]);
    const command = { argv: ['sh', '-c', 'exit 7'], cwd: '/', env: {}, timeoutMs: 20_000 } as const;
    expect(await launcher.run(command, new AbortController().signal)).toMatchObject({ ended: 'exited', code: 7 });
  });

  it.skipIf(!existsSync(LAUNCHERS.python[0]))('is none in a Python that is too old for it, which says nothing of that', () => {
    const [python, ...args] = LAUNCHERS.python;
    const script = `import os, runpy; del os.pidfd_open; runpy.run_path(${JSON.stringify(args.at(-1))})`;
    const { status, stderr } = spawnSync(python, ['-I', '-c', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('is none that is known to be gone where there is no next', async () => {
    const launcher = await startLauncher([['/nothing/here']]);
    expect(await launcher.ready).toBe(false);
    const command = { argv: ['true'], cwd: '/', env: {}, timeoutMs: 20_000 } as const;
    await expect(launcher.run(command, new AbortController().signal)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
