/** The monitor on this terminal with a made-up mission: `large-mission.ts TASKS [crash]`. Every tenth of a second a few tasks change. */
import { loadInk } from '../../../../src/cli/monitor/ink/load-ink.ts';
import { MonitorSession } from '../../../../src/cli/monitor/session.ts';
import { openTerminal } from '../../../../src/cli/monitor/terminal.ts';
import type { LogLine, MissionView } from '../../../../src/runtime/app/views.ts';
import { line, sampleGraph } from '../../../cli/monitor/sample-mission.ts';

const [count = '10', how = ''] = process.argv.slice(2);
const tasks = Number(count);
const terminal = await openTerminal(process.stdout, { color: true, screenReader: false });
if (terminal === undefined) throw new Error('no terminal');

const log: LogLine[] = [line('mission.created', null, { settings: {}, tasks })];
let next = 0;
const timer = setInterval(() => {
  for (let each = 0; each < 5 && next < tasks; each++, next++) {
    log.push(line('task.started', next, { attempt: 1 }), line('task.succeeded', next, { attempt: 1 }));
  }
}, 100);

const session = await MonitorSession.open({
  terminal,
  parts: await loadInk(),
  pace: 50,
  drives: () => false,
  interrupt: () => undefined,
  source: {
    graph: async () => sampleGraph(tasks, { title: 'Large' }),
    logs: async (after = -1) => ({ kind: 'Logs', items: log.filter(({ seq }) => seq > after) }),
    steer: async () => ({}) as MissionView,
  },
});
if (how === 'crash') {
  setTimeout(() => {
    throw new Error('a defect');
  }, 1500);
}
await session.left;
clearInterval(timer);
process.stdout.write('left\n');
