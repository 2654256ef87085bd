import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';

import { systemClock, timestamp } from '../src/base/clock.ts';
import type { EntryDraft } from '../src/runtime/log/entry.ts';
import { openLog } from '../src/runtime/log/log.ts';
import { type NoteSigner, noteSigner } from '../src/runtime/log/signed-note.ts';
import type { StepChain } from './peers/step-chain.ts';

/** About 300 bytes, as most entries of a mission are. */
export function draft(i: number): EntryDraft {
  const digest = `sha256:${String(i).padStart(64, '0')}`;
  return {
    kind: 'task.settled',
    mission: 'bench',
    task: `task-${i}`,
    data: { attempt: 1, report: digest, result: 'succeeded', tree: digest },
  };
}

export function benchSigner(): NoteSigner {
  return noteSigner('bench.example/log', generateKeyPairSync('ed25519').privateKey);
}

/** Our log, opened as a mission opens it: one entry a step. */
export function logChain(): StepChain {
  const dir = mkdtempSync(join(tmpdir(), 'bench-log-'));
  const log = openLog(dir, { mode: 'write', clock: systemClock, signer: benchSigner(), signing: { every: 20, within: 50 } });
  const close = (): void => {
    log.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { run: (steps) => timed(steps, (i) => log.append([draft(i)])), close };
}

/** Bare better-sqlite3 with the same durability, and a row of the same members as an entry of the log has. */
export function bareChain(): StepChain {
  const dir = mkdtempSync(join(tmpdir(), 'bench-bare-'));
  const db = new Sqlite(join(dir, 'bare.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE entry(seq INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO entry(body) VALUES (?)');
  const close = (): void => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return {
    run: (steps) =>
      timed(steps, (i) =>
        insert.run(Buffer.from(JSON.stringify({ apiVersion: 'agentnexus.dev/v1', at: timestamp(systemClock), ...draft(i) }))),
      ),
    close,
  };
}

async function timed(steps: number, step: (i: number) => unknown): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) {
    const done = step(i);
    if (done instanceof Promise) await done;
  }
  return performance.now() - start;
}
