import type { Digest } from '../../../base/digest.ts';
import { dateAnew } from '../../../base/date-anew.ts';
import { inSlices } from '../../../base/in-slices.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { measureContent, removeContent } from '../../vault/remove-content.ts';

/** Milliseconds between two looks at how much there is. */
const PACE = 60_000;

/** What a worker keeps of the contents that it has fetched and made: those that were used last, of so many bytes, and all that is needed now. */
export class WorkerCache {
  readonly store: ContentStore;
  readonly #most: number;
  readonly #held = new Map<string, ReadonlySet<Digest>>();
  #looked = Number.NEGATIVE_INFINITY;

  constructor(store: ContentStore, most: number) {
    this.store = store;
    this.#most = most;
  }

  /** Keeps contents for as long as a lease; says which of them are not here. */
  hold(lease: string, contents: ReadonlySet<Digest>): Digest[] {
    this.#held.set(lease, contents);
    return [...contents].filter((digest) => !dateAnew(this.store.pathOf(digest)));
  }

  release(lease: string): void {
    this.#held.delete(lease);
  }

  /** Takes out what was used longest ago, if there is too much. Looks once in a while only. */
  async bound(): Promise<void> {
    if (performance.now() - this.#looked < PACE) return;
    this.#looked = performance.now();
    const all = measureContent(this.store.list(), this.store);
    let left = all.reduce((sum, { bytes }) => sum + bytes, 0);
    const gone = all.filter(({ digest, bytes }) => {
      if (left <= this.#most || this.#isHeld(digest)) return false;
      left -= bytes;
      return true;
    });
    await inSlices(gone, (slice) => {
      const digests = slice.map(({ digest }) => digest).filter((digest) => !this.#isHeld(digest));
      removeContent(digests, this.store);
    });
  }

  #isHeld(digest: Digest): boolean {
    return this.#held.values().some((contents) => contents.has(digest));
  }
}
