import { type BenchRow, median, row } from './bench-row.ts';
import { installedCli } from './installed.ts';
import { startOurs } from './peers/our-runner.ts';
import { inTurn } from './peers/task-runners.ts';

const ROUNDS = 9;

/**
 * Applying what is done already: ten times the tasks, and fifty times the history, beside a thousand tasks applied once. The tasks are those of
 * a source, done by a script: so the history is made in minutes.
 */
export async function benchNoop({ chains = 10, missions = 50 } = {}): Promise<BenchRow[]> {
  const cli = await installedCli();
  const old = startOurs({ chains, length: 100 }, { cli });
  const runners = [startOurs({ chains, length: 100 }, { cli }), startOurs({ chains: 10 * chains, length: 100 }, { cli }), old];
  try {
    for (const runner of runners) runner.cold();
    for (let mission = 1; mission < missions; mission++) {
      old.change(`${mission}\n`);
      old.again();
    }
    const times = inTurn(
      ROUNDS,
      runners.map(({ again }) => again),
    );
    const [baseline = Number.NaN, tenfold = Number.NaN, later = Number.NaN] = times.map(median);
    const tasks = (chains * 100).toLocaleString('en');
    return [
      row(`noop: ten times ${tasks} tasks (baseline: ${tasks})`, { value: tenfold, baseline, goal: '≤ 3 ×' }),
      row(`noop: ${tasks} tasks after ${missions} missions (baseline: after one)`, { value: later, baseline, goal: '≤ 1.1 ×' }),
    ];
  } finally {
    for (const runner of runners) runner.close();
  }
}
