import { availableParallelism } from 'node:os';

/** As many as Terraform and Turborepo take: an agent mostly waits for its model, and a small machine can wait for ten of them. */
const LEAST = 10;

/** Tasks at once beside those that keep the processors of a large machine busy, as Ninja has it. */
const BESIDE = 2;

/** How many tasks run at once, and how many workers a tool has that judges: as `said`, or as is best here. */
export function atOnce(said?: number): { jobs: number; tools: number } {
  const processors = availableParallelism();
  return { jobs: said ?? Math.max(LEAST, processors + BESIDE), tools: said ?? processors };
}
