/**
 * A process of its own that applies a made-up graph to the workspace it is given, and says on stdout what has started and what has settled. Killed at
 * any time by `killed-mission.test.ts`.
 */
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { GRAPH } from './killed-mission-graph.ts';
import { leave, missionBenchIn } from './mission-bench.ts';

const dir = process.argv[2];
if (dir === undefined) throw new Error('usage: killed-mission-entry.ts DIR');

const bench = missionBenchIn(dir);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
for (const { id } of GRAPH) {
  bench.script.set(id, async (attempt) => {
    say(`ran ${id}`);
    return leave(attempt, openContentStore(dir));
  });
}
const { mission } = await bench.apply(GRAPH, {
  jobs: 4,
  onChange: ({ task, state }) => {
    if (state === 'succeeded') say(`settled ${task.id}`);
  },
});
say(`done ${mission.state} ${mission.head}`);
