import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { runProcess } from '../../src/runtime/workspace/process.ts';

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

it('is no argument: what a shell loops over is its own', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'stdin-'));
  try {
    const env = { PATH: process.env['PATH'] ?? '', HOME: cwd };
    const { code, stderr } = await runProcess([process.execPath, COMMAND, 'validate'], {
      cwd,
      env,
      input: 'spec.md\n',
      timeoutMs: 60_000,
    });
    expect({ code, said: stderr.split('\n')[0] }).toEqual({ code: 2, said: 'error[USAGE]: BUNDLE is missing.' });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
