import type { MissionRun, Standing } from './standing.ts';

type Runs = readonly MissionRun[];

export function begunRuns(runs: Runs, start: number): Runs {
  return [...runs, { start, end: null, ended: 'running' }];
}

/** The one that goes on, if one does, has ended. */
export function endedRuns(runs: Runs, ended: MissionRun['ended'], end: number): Runs {
  const last = runs.at(-1);
  return last?.ended === 'running' ? [...runs.slice(0, -1), { ...last, end, ended }] : runs;
}

/** All of them; the one that goes on has come to the last entry. */
export function runsSoFar({ mission, asOf }: Pick<Standing, 'mission' | 'asOf'>): (MissionRun & { end: number })[] {
  return mission.runs.map((run) => ({ ...run, end: run.end ?? asOf.time }));
}
