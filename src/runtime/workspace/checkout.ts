import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type Digest, sha256 } from '../../base/digest.ts';
import { asWorkspaceError } from '../../base/durable-file.ts';
import { NexusError } from '../../base/errors.ts';
import type { Tree } from '../vault/artifact.ts';
import { productPathsFault } from './product-path.ts';

/**
 * Writes a tree into `folder`, which must not exist yet or be empty: plain files, nothing shared with the store. All paths are
 * checked before the first byte is written (`ARTIFACT_PATH`), every content against its digest (`STORE_CORRUPT`). Not durable: a
 * checkout is made again, never repaired.
 */
export function checkout(tree: Tree, folder: string, read: (digest: Digest) => Uint8Array): void {
  const fault = productPathsFault(tree.map(({ path }) => path));
  if (fault !== undefined) throw new NexusError('ARTIFACT_PATH', `The product cannot be written: ${fault}.`);
  makeFresh(folder);
  const made = new Set<string>([folder]);
  for (const { path, digest, executable } of tree) {
    const content = read(digest);
    if (sha256(content) !== digest) throw corrupt(path, digest);
    const target = join(folder, path);
    const parent = dirname(target);
    try {
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      writeFileSync(target, content, { flag: 'wx', mode: executable === true ? 0o777 : 0o666 });
    } catch (error) {
      throw asWorkspaceError(error, target);
    }
  }
}

function makeFresh(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asWorkspaceError(error, folder);
  }
  if (readdirSync(folder).length > 0) {
    throw new NexusError('WORKSPACE_UNWRITABLE', `Cannot check out into ${folder}: it is not empty.`, {
      details: { path: folder },
    });
  }
}

function corrupt(path: string, digest: Digest): NexusError {
  return new NexusError('STORE_CORRUPT', `The stored content of ${path} does not match its digest.`, {
    hint: 'Run `spec-kit verify` to see what else is damaged.',
    details: { path, digest },
  });
}
