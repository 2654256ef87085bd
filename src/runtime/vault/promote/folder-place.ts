import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import { writeDurably } from '../../../base/durable-file.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import type { ObjectPlace } from './object-place.ts';

/** A folder of this machine, a mounted share for one. */
export function folderPlace(dir: string): ObjectPlace {
  return {
    async probe() {
      if (existsSync(dir) && !statSync(dir).isDirectory()) throw unwritable(dir, 'it is not a folder');
      return guarded(dir, () => {
        mkdirSync(dir, { recursive: true });
        return { folder: true };
      });
    },
    async head(key) {
      const path = join(dir, key);
      if (!existsSync(path)) return undefined;
      return guarded(dir, () => {
        const bytes = readFileSync(path);
        return { digest: sha256(bytes), size: bytes.length };
      });
    },
    async get(key) {
      const path = join(dir, key);
      return existsSync(path) ? guarded(dir, () => readFileSync(path)) : undefined;
    },
    async put(key, bytes) {
      return guarded(dir, () => {
        writeDurably(join(dir, key), bytes);
        return {};
      });
    },
  };
}

function guarded<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unwritable(dir, messageOf(error), error);
  }
}

function unwritable(dir: string, why: string, cause?: unknown): NexusError {
  return new NexusError('PROMOTION_FAILED', `${dir} cannot be written: ${why}.`, {
    hint: 'Give yourself write access, or name another folder; then run the same command again: what is done is not done twice.',
    details: { path: dir },
    cause,
  });
}
