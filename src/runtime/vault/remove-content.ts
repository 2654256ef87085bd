import { chmodSync, rmSync, statSync } from 'node:fs';

import type { Digest } from '../../base/digest.ts';
import { asWorkspaceError } from '../../base/durable-file.ts';
import { systemCode } from '../../base/errors.ts';
import { compareText } from '../../base/text.ts';
import type { ContentStore } from './content-store.ts';

export interface StoredContent {
  digest: Digest;
  bytes: number;
  /** When it was stored, milliseconds since 1970. */
  storedAt: number;
}

/** Size and age of contents, the oldest first. What has gone meanwhile is left out. */
export function measureContent(digests: Iterable<Digest>, store: ContentStore): StoredContent[] {
  return [...digests]
    .flatMap((digest) => {
      const found = statSync(store.pathOf(digest), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ digest, bytes: found.size, storedAt: found.mtimeMs }];
    })
    .sort((a, b) => a.storedAt - b.storedAt || compareText(a.digest, b.digest));
}

/** Takes contents out of the store; those that are not there are out already, so that a removal that was cut off can be done again. */
export function removeContent(digests: Iterable<Digest>, store: ContentStore): void {
  for (const digest of digests) removeFile(store.pathOf(digest));
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    // Stored content is read-only, which on Windows protects it from this too.
    if (systemCode(error) !== 'EPERM') throw asWorkspaceError(error, path);
    chmodSync(path, 0o644);
    rmSync(path, { force: true });
  }
}
