import { resolve } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { Task } from '../../../spec/model.ts';
import { elsewhere } from '../../workspace/bundle-address.ts';
import type { BaseCommit } from '../../workspace/git/base-commit.ts';
import { repositoryAround } from '../../workspace/git/repository-around.ts';
import { readConfig } from '../config.ts';
import type { CallContext } from '../operations.ts';
import type { Configuration } from '../source/configuration.ts';

interface Input {
  bundle: string;
  /** A revision of the repository around the bundle, or `none`. */
  base?: string;
}

interface BaseContext extends Pick<CallContext, 'cwd'> {
  /** The one beside the bundle, where it lies on this machine. */
  config: Configuration | undefined;
}

/**
 * The commit that a mission of the graph would start from: HEAD of the repository that the bundle lies in, or what `base` names. Undefined where it starts from
 * nothing: `none` was asked for, there is no repository or no commit, or the specification makes a package of its own. Writes nothing. Throws `USAGE` where
 * `base` makes no sense, and what `findBaseCommit` throws.
 */
export async function findBase(
  graph: { tasks: readonly Pick<Task, 'kind'>[] },
  { bundle, base }: Input,
  { cwd, config }: BaseContext,
): Promise<BaseCommit | undefined> {
  if (base === 'none') return undefined;
  const why = whyNone(graph, bundle, cwd);
  if (why !== undefined && base !== undefined) throw useless(base, why);
  if (why !== undefined) return undefined;
  const root = repositoryAround(resolve(cwd, bundle));
  if (root === undefined && base !== undefined) throw useless(base, 'the bundle lies in no git repository');
  if (root === undefined) return undefined;
  const [{ UserRepository }, { findBaseCommit }, { hiddenPlaces }] = await Promise.all([
    import('../../workspace/git/user-repository.ts'),
    import('../../workspace/git/base-commit.ts'),
    import('../judging/qa-terms.ts'),
  ]);
  return findBaseCommit(UserRepository.at(root, readConfig().git), base, { hidden: await hiddenPlaces(config) });
}

function whyNone({ tasks }: { tasks: readonly Pick<Task, 'kind'>[] }, bundle: string, cwd: string): string | undefined {
  if (elsewhere(bundle, cwd) !== undefined) return 'the bundle is read from an address, and not from a repository of yours';
  if (tasks.some(({ kind }) => kind === 'scaffold')) return 'the specification makes a package of its own';
  return tasks.some(({ kind }) => kind === 'work') ? undefined : 'there is no task of the source to be done';
}

function useless(base: string, why: string): NexusError {
  return new NexusError('USAGE', `The mission cannot start from ${JSON.stringify(base)}: ${why}.`, {
    hint: 'Leave --base and --branch out.',
  });
}
