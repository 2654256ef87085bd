import type { Digest } from '../../base/digest.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { Brief } from './agent.ts';

/** A brief whose files are read from a store. */
export function briefFrom(facts: Omit<Brief, 'read'>, store: Pick<ContentStore, 'get'>): Brief {
  let digests: ReadonlyMap<string, Digest> | undefined;
  return {
    ...facts,
    read(path) {
      digests ??= new Map(facts.tree().map((file) => [file.path, file.digest]));
      const digest = digests.get(path);
      if (digest === undefined) throw new RangeError(`${path} is in no output this task needs`);
      return store.get(digest);
    },
  };
}
