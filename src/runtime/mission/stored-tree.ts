import type { Digest } from '../../base/digest.ts';
import type { Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { parseTreeListing } from '../vault/tree-listing.ts';

/** The tree whose listing the store has under `digest`; the sizes of its files come from the store too. */
export function readTree(store: ContentStore, digest: Digest): Tree {
  return parseTreeListing(store.get(digest)).map((entry) => ({ ...entry, size: store.sizeOf(entry.digest) ?? 0 }));
}
