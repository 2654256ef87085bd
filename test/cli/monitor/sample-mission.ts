import { MissionModel } from '../../../src/cli/monitor/model/mission-model.ts';
import type { GraphView, LogLine } from '../../../src/runtime/app/views.ts';

/** Any digest. */
const digest = `sha256:${'0'.repeat(64)}` as const;

/** A graph of `count` tasks: milestones of 100, each task needs the one before its neighbour. */
export function sampleGraph(count: number, { title = 'Sample', taskTitle = (at: number) => `Write part ${at}` } = {}): GraphView {
  return {
    kind: 'Graph',
    mission: 'm1',
    specification: { id: 'sample', title, dialect: 'native', digest },
    tasks: Array.from({ length: count }, (_, at) => ({
      id: idOf(at),
      sourceId: idOf(at),
      title: taskTitle(at),
      kind: 'work' as const,
      milestone: `Phase ${Math.floor(at / 100) + 1}`,
      priority: 'P1' as const,
      optional: false,
      level: Math.floor(at / 2) % 50,
      needs: at < 2 ? [] : [{ task: idOf(at - 2), kind: 'structural' as const, because: 'it stands on it' }],
    })),
  };
}

export const idOf = (at: number): string => `work:t${String(at).padStart(5, '0')}`;

let serial = 0;

/** An entry of the sample's log; later ones come later. */
export function line(entry: string, task: number | string | null, data: LogLine['data'] = {}): LogLine {
  const seq = serial++;
  const at = new Date(Date.UTC(2026, 4, 1, 10) + seq * 10).toISOString();
  return { seq, at, entry, mission: 'm1', task: typeof task === 'number' ? idOf(task) : task, data };
}

/** A mission on its way: a third done, one failed, two running, one asked about. */
export function sampleModel(count = 40): MissionModel {
  serial = 0;
  const model = new MissionModel(sampleGraph(count));
  model.add(
    line('mission.created', null, {
      prompt: { objective: 'Build', priority: 'P1' },
      settings: { budget: { tokens: 1000 } },
      tasks: count,
    }),
  );
  const done = Math.floor(count / 3);
  for (let at = 0; at < done; at++) {
    model.add(line('task.started', at, { attempt: 1 }));
    model.add(line('task.succeeded', at, { attempt: 1, usage: { tokens: 10, money: 0.01 } }));
  }
  model.add(line('task.started', done, { attempt: 2 }));
  model.add(line('task.failed', done, { attempt: 2, reason: 'QA_TEST_FAILED\nexpected 1, got 2' }));
  model.add(line('approval.asked', done + 3, {}));
  model.add(line('task.started', done + 1, { attempt: 1 }));
  model.add(line('task.started', done + 2, { attempt: 1 }));
  return model;
}
