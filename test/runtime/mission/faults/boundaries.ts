import type { Entry } from '../../../../src/runtime/log/entry.ts';
import type { Log } from '../../../../src/runtime/log/log.ts';
import type { ContentStore } from '../../../../src/runtime/vault/content-store.ts';

/** A moment before or after something durable is made: `append` to the log, `put` into the store. */
export interface Boundary {
  /** From 1, over everything that is written in this life. */
  number: number;
  what: 'append' | 'put';
  when: 'before' | 'after';
}

/** What stands between a mission and its disk. */
export interface Interposer {
  /** Called at each boundary, and waited for; what it throws is what the log or the store throws. */
  at: (boundary: Boundary) => Promise<void> | void;
  /** Told of what the log has acknowledged. */
  acknowledged?: (entries: Entry[]) => void;
}

/** Lets `interposer` act before and after each durable write. The log is changed in place, the store is a new one. */
export function interpose(
  { log, store }: { log: Log; store: ContentStore },
  { at, acknowledged = () => undefined }: Interposer,
): { log: Log; store: ContentStore } {
  let number = 0;
  const around = async <T>(what: Boundary['what'], write: () => Promise<T>): Promise<T> => {
    await at({ number: ++number, what, when: 'before' });
    const written = await write();
    await at({ number: ++number, what, when: 'after' });
    return written;
  };
  const append = log.append.bind(log);
  log.append = (drafts) =>
    around('append', () => append(drafts)).then((seqs) => {
      acknowledged(log.entriesAt(seqs));
      return seqs;
    });
  return {
    log,
    store: {
      ...store,
      put: (bytes) => around('put', () => store.put(bytes)),
      putMany: (contents) => around('put', () => store.putMany(contents)),
    },
  };
}
