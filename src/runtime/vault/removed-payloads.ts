import type { Digest } from '../../base/digest.ts';
import type { Entry } from '../log/entry.ts';
import { readRemovedPayloads } from './payload-removal.ts';
import type { RemovedContents } from './verification.ts';

/** What the log says was removed, and what of that was looked for in vain. */
export class RemovedPayloads {
  readonly #by = new Map<Digest, Omit<RemovedContents, 'digests'>>();
  readonly #missed = new Map<number, RemovedContents>();
  readonly #seen = new Set<Digest>();

  /** An entry that is none excuses nothing. */
  take(entry: Entry): void {
    const record = readRemovedPayloads(entry);
    if (record === undefined) return;
    const { mission, rule, digests } = record;
    for (const digest of digests) this.#by.set(digest, { entry: entry.seq, at: entry.at, mission, rule });
  }

  /** Whether content may be missing; notes that it is. */
  excuses(digest: Digest): boolean {
    const by = this.#by.get(digest);
    if (by === undefined || this.#seen.has(digest)) return by !== undefined;
    this.#seen.add(digest);
    const missed = this.#missed.get(by.entry) ?? { ...by, digests: [] };
    missed.digests.push(digest);
    this.#missed.set(by.entry, missed);
    return true;
  }

  /** In the order of the log. */
  missed(): RemovedContents[] {
    return [...this.#missed.values()].toSorted((a, b) => a.entry - b.entry);
  }
}
