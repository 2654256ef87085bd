import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCloudEvent } from '../../src/runtime/app/remote/cloud-event.ts';
import type { BoardEvent } from '../../src/board/state/board-event.ts';
import { afterEvents, missionModel, type MissionModel, renewed } from '../../src/board/state/mission-model.ts';
import type { ReportView, StatusView } from '../../src/runtime/app/views.ts';
import { ServerBench } from '../runtime/serve/server-bench.ts';

interface Snapshot {
  report: ReportView;
  status: StatusView;
}

let bench: ServerBench;
let mission: string;
let events: BoardEvent[];
const snapshots: Snapshot[] = [];

async function read(): Promise<Snapshot> {
  const report = (await bench.ask(`/v1/missions/${mission}/report`)).body as unknown as ReportView;
  const status = (await bench.ask(`/v1/missions/${mission}`)).body as unknown as StatusView;
  return { report, status };
}

// A mission that waits for a person, is approved and goes on; read again and again while it runs.
beforeAll(async () => {
  bench = await ServerBench.open();
  const specification = await bench.send();
  mission = (await bench.post('/v1/missions', { specification, requireApproval: ['gate'] })).body.id;
  const follow = async (isOver: (state: string) => boolean): Promise<void> => {
    for (;;) {
      const snapshot = await read();
      snapshots.push(snapshot);
      if (isOver(snapshot.status.state)) return;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  };
  await follow((state) => state === 'waiting');
  await bench.post(`/v1/missions/${mission}/approve`, { task: 'gate' });
  await bench.post(`/v1/missions/${mission}/resume`);
  await follow((state) => state === 'succeeded' || state === 'failed');
  const { body } = await bench.ask(`/v1/missions/${mission}/events?limit=500`);
  events = body.items.flatMap((item) => readCloudEvent({ ...item }) ?? []);
}, 120_000);
afterAll(async () => bench.remove());

const modelOf = ({ report, status }: Snapshot): MissionModel => missionModel(report, status);
const last = (): MissionModel => modelOf(snapshots.at(-1)!);

/** What people look at. */
function shown({ report, approvals, spent }: MissionModel): object {
  const { mission: about, gate, counts, milestones, tasks, runs, asOf } = report;
  return {
    state: about.state,
    finishedAt: about.finishedAt,
    gate,
    counts,
    approvals,
    attempts: spent.attempts,
    asOf,
    milestones: milestones.map(({ title, state, settled, total, start, end }) => ({ title, state, settled, total, start, end })),
    runs,
    tasks: tasks.map(({ id, state, settled, attempts }) => ({
      id,
      state,
      settled,
      attempts: attempts.map(({ number, outcome, start, end, entries }) => ({ number, outcome, start, end, entries })),
    })),
  };
}

describe('a page that has followed', () => {
  it('shows what one shows that is loaded now, wherever it began', () => {
    expect(events.length).toBeGreaterThan(50);
    expect(new Set(snapshots.map(({ report }) => report.asOf.entry)).size).toBeGreaterThan(2);
    expect(snapshots.some(({ status }) => status.approvals.length === 1)).toBe(true);
    for (const snapshot of snapshots) expect(shown(afterEvents(modelOf(snapshot), events))).toEqual(shown(last()));
  });

  it('shows the same however the events are gathered, and however often they are told', () => {
    const begin = modelOf(snapshots[0]!);
    fc.assert(
      fc.property(fc.array(fc.nat(events.length), { maxLength: 10 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), events.length];
        let model = begin;
        for (const [index, end] of at.slice(1).entries()) {
          const from = at[index] ?? 0;
          // With some of those that were told before.
          model = afterEvents(model, events.slice(Math.max(0, from - 5), end));
        }
        expect(shown(model)).toEqual(shown(last()));
      }),
      { numRuns: 50 },
    );
  });

  it('is told nothing by events of other missions, and is the same object then', () => {
    const model = modelOf(snapshots[0]!);
    const foreign = events.map((event) => ({ ...event, mission: 'another' }));
    expect(afterEvents(model, foreign)).toBe(model);
    const end = last();
    expect(afterEvents(end, events)).toBe(end);
  });

  it('keeps what it was told when an older report comes late', () => {
    const ahead = afterEvents(modelOf(snapshots[0]!), events);
    expect(renewed(ahead, snapshots[0]!.report, snapshots[0]!.status)).toBe(ahead);
    const { report, status } = snapshots.at(-1)!;
    expect(renewed(ahead, report, status).recent).toEqual(ahead.recent);
  });

  it('asks what agents ask, until it is answered', () => {
    const end = last();
    const task = end.report.tasks[0]?.id ?? '';
    const told = (kind: string, data: object, more: number): BoardEvent => {
      const seq = end.report.asOf.entry + more;
      return { seq, cursor: `x.${seq}`, kind, at: end.report.asOf.at, mission, task, data: { question: 'q1', ...data } };
    };
    const asking = afterEvents(end, [told('question.asked', { asks: 'to run npm test', expires: '2026-06-01T00:00:00Z' }, 1)]);
    const question = { task, question: 'q1', asks: 'to run npm test', expires: '2026-06-01T00:00:00Z' };
    expect(asking.approvals).toEqual([...end.approvals, question]);
    expect(afterEvents(asking, [told('word.approve', { by: 'ann' }, 2)]).approvals).toEqual(end.approvals);
  });
});
