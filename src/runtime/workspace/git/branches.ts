import { NexusError } from '../../../base/errors.ts';
import type { UserRepository } from './user-repository.ts';

/** What refs hold that are not there, whatever the hash of the repository. */
const NOTHING = (id: string): string => '0'.repeat(id.length);

const refOf = (branch: string): string => `refs/heads/${branch}`;

/** The ref under which the result of a mission is kept for good. */
export const resultRef = (mission: string): string => `refs/agentnexus/${mission}`;

/** Where a ref stands; undefined if it is not there. */
export async function valueOf(repository: UserRepository, ref: string): Promise<string | undefined> {
  return (await repository.tryText(['rev-parse', '--verify', '--quiet', ref])) || undefined;
}

export async function branchValue(repository: UserRepository, branch: string): Promise<string | undefined> {
  return valueOf(repository, refOf(branch));
}

/**
 * Why the branch must not be moved to a result that follows `base`, as a clause; undefined if it may. It may be new, lie in the history of `base`, or be just where an
 * earlier mission has put it (`ours`: commits of missions). Whatever is checked out, here or in another working tree, stays: its files would
 * suddenly not be those of its branch, and what is being worked on there would look undone.
 */
export async function whyNotMoved(
  repository: UserRepository,
  { branch, base, ours }: { branch: string; base: string; ours: ReadonlyMap<string, string> },
): Promise<string | undefined> {
  const ref = refOf(branch);
  if ((await repository.tryText(['check-ref-format', ref])) === undefined) return 'is no name that git allows';
  if ((await repository.tryText(['symbolic-ref', '--quiet', ref])) !== undefined) return 'is a symbolic ref to another branch';
  const place = await checkedOutAt(repository, ref);
  if (place !== undefined) return `is checked out in ${place}`;
  const at = await valueOf(repository, ref);
  if (at === undefined || at === base || ours.has(at)) return undefined;
  const isBehind = (await repository.tryText(['merge-base', '--is-ancestor', at, base])) !== undefined;
  return isBehind ? undefined : `holds commits (${at.slice(0, 12)}) that the result would not follow`;
}

async function checkedOutAt(repository: UserRepository, ref: string): Promise<string | undefined> {
  const blocks = (await repository.text(['worktree', 'list', '--porcelain'])).split('\n\n');
  const found = blocks.map((block) => block.split('\n')).find((lines) => lines.includes(`branch ${ref}`));
  return found?.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
}

/** Gives a ref that is not there its value. What is there already under it stays. */
export async function keepRef(repository: UserRepository, ref: string, commit: string): Promise<void> {
  if ((await valueOf(repository, ref)) !== undefined) return;
  await repository.text(['update-ref', '--no-deref', '-m', 'agentnexus: result', ref, commit, NOTHING(commit)]);
}

/** Moves a branch by one compare-and-swap. Throws `BRANCH_MOVED` if it is not where it was: nothing has changed then. */
export async function moveBranch(
  repository: UserRepository,
  { branch, from, to, kept }: { branch: string; from: string | undefined; to: string; kept: string },
): Promise<void> {
  try {
    const args = ['update-ref', '--no-deref', '-m', 'agentnexus: gate passed', refOf(branch), to, from ?? NOTHING(to)];
    await repository.text(args);
  } catch (error) {
    const now = await branchValue(repository, branch);
    if (now === to) return;
    const where = now === undefined ? 'is no longer there' : `is at ${now.slice(0, 12)} now`;
    throw new NexusError(
      'BRANCH_MOVED',
      `${branch} was not moved to ${to.slice(0, 12)}: it was ${from?.slice(0, 12) ?? 'not there'}, and ${where}.`,
      {
        hint: `The result is kept: \`git log ${kept}\` shows it, \`git merge ${kept}\` takes it.`,
        details: { branch, from: from ?? null, now: now ?? null, commit: to, ref: kept },
        cause: error,
      },
    );
  }
}
