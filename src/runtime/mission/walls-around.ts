import type { Walls } from '../qa/walls.ts';
import type { Attempt } from './runner.ts';
import type { Workbench } from './workbench.ts';

/** Walls around the products of these attempts. One mission that needs them is enough: a run is of one tree. */
export async function wallsAround(
  attempts: readonly Attempt[],
  { wallsFor }: Pick<Workbench, 'wallsFor'>,
): Promise<Walls | undefined> {
  for (const mission of new Set(attempts.map((attempt) => attempt.mission))) {
    const walls = await wallsFor?.(mission);
    if (walls !== undefined) return walls;
  }
  return undefined;
}
