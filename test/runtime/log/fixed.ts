import { createPrivateKey } from 'node:crypto';

import type { Clock } from '../../../src/base/clock.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { noteSigner } from '../../../src/runtime/log/signed-note.ts';

/** A fixed key, so that runs can be compared. */
const SEED = '302e020100300506032b657004220420'.concat('11'.repeat(32));

export const signer = noteSigner(
  'log.example/test',
  createPrivateKey({ key: Buffer.from(SEED, 'hex'), format: 'der', type: 'pkcs8' }),
);

export const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };

export function draft(i: number, more: Partial<EntryDraft> = {}): EntryDraft {
  return { kind: 'task.settled', mission: `m${i % 3}`, task: `t${i}`, data: { i, text: 'ünïcode ✓'.repeat(i % 5) }, ...more };
}

export function drafts(count: number, from = 0): EntryDraft[] {
  return Array.from({ length: count }, (_, i) => draft(from + i));
}
