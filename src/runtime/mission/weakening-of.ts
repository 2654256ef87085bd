import type { Finding } from '../qa/report.ts';
import type { Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { Attempt } from './runner.ts';

/** A file over this size is no source. */
const MAX_BYTES = 1024 * 1024;

/** Where the product's tests say less than those of the commit that the mission started from. Nothing where it started from nothing. */
export async function weakeningOf({ base, tree }: Attempt, store: Pick<ContentStore, 'get'>): Promise<Finding[]> {
  if (base === undefined) return [];
  const after = tree();
  if (base.changedIn(after).length + base.goneFrom(after).length === 0) return [];
  const [{ findWeakening }, { isWatched }] = await Promise.all([
    import('../qa/weakening/find-weakening.ts'),
    import('../qa/weakening/test-paths.ts'),
  ]);
  const options = { store, wanted: isWatched };
  return findWeakening({ before: textsFor(base.tree, options), after: textsFor(after, options) });
}

/** Texts of the files that `wanted` names, by path; line ends are git's to settle. */
export function textsFor(
  files: Tree,
  { store, wanted }: { store: Pick<ContentStore, 'get'>; wanted: (path: string) => boolean },
): Map<string, string> {
  return new Map(
    files
      .filter(({ path, size }) => size <= MAX_BYTES && wanted(path))
      .map(({ path, digest }) => [path, Buffer.from(store.get(digest)).toString('utf8').replaceAll('\r\n', '\n')]),
  );
}
