import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { UserRepository } from './user-repository.ts';

export interface ResultFile {
  path: string;
  /** File with the content. */
  content: string;
  executable: boolean;
}

export interface Result {
  /** The parent. */
  base: string;
  files: readonly ResultFile[];
  removed: readonly string[];
  message: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Author and committer of results: this program, wherever it runs. */
const IDENTITY = { name: 'AgentNexus', email: 'results@agentnexus.dev' };

/**
 * Makes a commit of what was changed on top of `base`, with an index of its own in `scratch`: everything else is as the base commit has it, links and
 * submodules too. The same result is the same commit. Adds objects to the repository, and nothing refers to them yet.
 */
export async function writeResult(repository: UserRepository, result: Result, scratch: string): Promise<string> {
  const ids = await writeBlobs(repository, result.files);
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await repository.bytes(['read-tree', result.base], { env });
    const lines = [
      ...result.removed.map((path) => `0 ${'0'.repeat(result.base.length)}\t${path}\0`),
      ...result.files.map(({ path, executable }, at) => `${executable ? '100755' : '100644'} ${ids[at]}\t${path}\0`),
    ];
    if (lines.length > 0) await repository.bytes(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    const tree = trimmed(await repository.bytes(['write-tree'], { env }));
    return trimmed(
      await repository.bytes(['commit-tree', tree, '-p', result.base], { env: identity(result.at), input: result.message }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeBlobs(repository: UserRepository, files: readonly ResultFile[]): Promise<string[]> {
  if (files.length === 0) return [];
  const input = files.map(({ content }) => `${content}\n`).join('');
  const ids = trimmed(await repository.bytes(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).split('\n');
  if (ids.length === files.length) return ids;
  throw new NexusError('REPOSITORY_FAILED', `git has stored ${ids.length} of ${files.length} files in ${repository.root}.`, {
    hint: 'See that there is room on its disk, then run the same command again.',
  });
}

function identity(at: number): Record<string, string> {
  const date = `@${Math.floor(at / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: IDENTITY.name,
    GIT_AUTHOR_EMAIL: IDENTITY.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: IDENTITY.name,
    GIT_COMMITTER_EMAIL: IDENTITY.email,
    GIT_COMMITTER_DATE: date,
  };
}

const trimmed = (output: Buffer): string => output.toString('latin1').trim();
