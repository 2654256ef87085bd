import { type BenchRow, median, row } from './bench-row.ts';
import { installedCli } from './installed.ts';
import { startOurs } from './peers/our-runner.ts';
import { inTurn, type Runner, type Shape, startMake, startNinja, startNx, startTurbo } from './peers/task-runners.ts';

const SHAPE: Shape = { chains: 10, length: 100 };
const ROUNDS = 9;
const PEERS = { ninja: startNinja, make: startMake, turbo: startTurbo, nx: startNx };
const GOALS: Record<string, string> = { ninja: '≤ 2.5 ×', turbo: '≤ 0.33 ×', nx: '≤ 0.33 ×' };

/** A thousand tasks that each start `true`, in ten chains of a hundred; whole processes, rounds alternate. */
export async function benchCommands(): Promise<BenchRow[]> {
  const runners = new Map<string, Runner>([['ours', startOurs(SHAPE, { cli: await installedCli(), run: ['true'] })]]);
  try {
    for (const [name, start] of Object.entries(PEERS)) {
      const runner = start(SHAPE);
      if (runner !== undefined) runners.set(name, runner);
    }
    const cold = [...runners.values()].map((runner) => () => runner.cold());
    const [value = Number.NaN, ...baselines] = inTurn(ROUNDS, cold).map(median);
    const [, ...peers] = runners.keys();
    return peers.map((name, index) => {
      const goal = GOALS[name];
      const figures = { value, baseline: baselines[index] ?? Number.NaN };
      return row(`commands: 1,000 × \`true\` (baseline: ${name})`, goal === undefined ? figures : { ...figures, goal });
    });
  } finally {
    for (const runner of runners.values()) runner.close();
  }
}
