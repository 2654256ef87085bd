import { resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import type { TaskGraph } from '../../spec/model.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { elsewhere } from '../workspace/bundle-address.ts';
import { readConfig } from './config.ts';
import type { CallContext } from './operations.ts';

interface Input {
  bundle: string;
  /** A revision of the repository around the bundle, or `none`. */
  base?: string;
}

/**
 * The commit that a mission of the graph would start from: HEAD of the repository that the bundle lies in, or what `base` names. Undefined where it starts from
 * nothing: `none` was asked for, there is no repository or no commit, or the specification makes a package of its own. Writes nothing. Throws `USAGE` where
 * `base` makes no sense, and what `findBaseCommit` throws.
 */
export async function findBase(graph: TaskGraph, { bundle, base }: Input, { cwd }: CallContext): Promise<BaseCommit | undefined> {
  if (base === 'none') return undefined;
  const why = whyNone(graph, bundle, cwd);
  if (why !== undefined && base !== undefined) throw useless(base, why);
  if (why !== undefined) return undefined;
  const { UserRepository } = await import('../workspace/git/user-repository.ts');
  const repository = UserRepository.around(resolve(cwd, bundle), readConfig().git);
  if (repository === undefined && base !== undefined) throw useless(base, 'the bundle lies in no git repository');
  if (repository === undefined) return undefined;
  const { findBaseCommit } = await import('../workspace/git/base-commit.ts');
  const { hiddenPlaces } = await import('./qa-terms.ts');
  return findBaseCommit(repository, base, { hidden: await hiddenPlaces(bundle, { cwd }) });
}

function whyNone({ tasks }: TaskGraph, bundle: string, cwd: string): string | undefined {
  if (elsewhere(bundle, cwd) !== undefined) return 'the bundle is read from an address, and not from a repository of yours';
  if (tasks.some(({ kind }) => kind === 'scaffold')) return 'the specification makes a package of its own';
  return tasks.some(({ kind }) => kind === 'work') ? undefined : 'there is no task of the source to be done';
}

function useless(base: string, why: string): NexusError {
  return new NexusError('USAGE', `The mission cannot start from ${JSON.stringify(base)}: ${why}.`, {
    hint: 'Leave --base and --branch out.',
  });
}
