import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { type Log, openLog, type WriterOptions } from '../../../src/runtime/log/log.ts';
import { clock, signer } from './fixed.ts';

/** A folder that goes when the test ends. */
export function tempFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The log of `dir` for writing; closed when the test ends. */
export function writer(dir: string, options: Partial<WriterOptions> = {}): Log {
  const log = openLog(dir, { mode: 'write', clock, signer, ...options });
  onTestFinished(() => log.close());
  return log;
}

/** The frames of a WAL: what a kill tears is these, not the room behind them. */
export function withoutRoom(wal: Buffer): Buffer {
  return wal.subarray(0, wal.findLastIndex((byte) => byte !== 0) + 1);
}
