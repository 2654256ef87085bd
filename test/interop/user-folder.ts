import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

import { type ProcessResult, runProcess } from '../../src/runtime/workspace/process.ts';

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

/** Of the longest suite. */
const TIMEOUT_MS = 500_000;

/** The home of a user, in which `spec-kit` is run as it is installed. */
export interface UserFolder {
  root: string;
  /** In a folder of it, or itself. */
  run: (args: readonly string[], options?: { cwd?: string; path?: string }) => Promise<ProcessResult>;
}

/** Makes one with these files, which goes with the test. As root, what stands in walls is somebody else, who gets through. */
export function userFolder(files: Readonly<Record<string, string>>): UserFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'user-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (text.startsWith('#!')) chmodSync(join(root, path), 0o755);
  }
  return {
    root,
    run(args, { cwd = '.', path = process.env['PATH'] ?? '' } = {}) {
      const env = { PATH: path, HOME: root, AGENTNEXUS_KEYS: join(root, 'keys') };
      return runProcess([process.execPath, COMMAND, ...args], { cwd: join(root, cwd), env, timeoutMs: TIMEOUT_MS });
    },
  };
}
