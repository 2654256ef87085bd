import type { Walls } from '../qa/walls.ts';
import type { Tree } from '../vault/artifact.ts';
import type { Attempt } from './runner.ts';
import type { Workbench } from './workbench.ts';

/** Walls around `product`, which these attempts have made. One mission that has them is enough: a run is of one tree. */
export async function wallsAround(
  attempts: readonly Attempt[],
  product: Tree,
  { wallsFor }: Pick<Workbench, 'wallsFor'>,
): Promise<Walls | undefined> {
  for (const mission of new Set(attempts.map((attempt) => attempt.mission))) {
    const walls = await wallsFor?.(mission, product);
    if (walls !== undefined) return walls;
  }
  return undefined;
}
