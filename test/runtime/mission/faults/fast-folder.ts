import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A new folder, in memory where the system has a place for that: hundreds of workspaces are made here, and none must survive a power cut. */
export function fastFolder(): string {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fault-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
