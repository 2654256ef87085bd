import type { ProofView } from '../../runtime/app/views.ts';
import { bytesOf } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { verifyInclusion } from './inclusion.ts';
import { readLogKey } from './keys.ts';
import { type KeyTrust, type Pins, trustOf } from './pins.ts';
import { Refusal, refuse } from './refusal.ts';

export type EntryProofVerdict =
  | { holds: true; size: number; origin: string; root: string; trust: KeyTrust }
  | { holds: false; why: string };

/** Whether an entry is in the log as the server shows it, under a checkpoint that the key of the log signed. */
export async function checkEntry(
  { entry, proof }: Pick<ProofView, 'entry' | 'proof'>,
  { seq, kind, pins, key }: { seq: number; kind: string; pins: Pins; key: string },
): Promise<EntryProofVerdict> {
  try {
    const log = await readLogKey(key);
    const trust = trustOf(pins.log, log.text);
    if (trust === 'other') return refuse('the key of the log is not the one that you have pinned');
    // The members that the tree hashes, as `leaf.ts` writes them.
    const { at, mission, task, data } = entry;
    const leaf = canonicalJson({ apiVersion: 'agentnexus.dev/v1', kind: entry['kind'], at, mission, task, data });
    const { index, head } = await verifyInclusion(proof, bytesOf(leaf), log);
    if (index !== seq || entry['kind'] !== kind) return refuse('the proof is of another entry');
    return { holds: true, size: head.size, origin: head.origin, root: btoa(String.fromCharCode(...head.root)), trust };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { holds: false, why: error.message };
  }
}
