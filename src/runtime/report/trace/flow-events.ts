import type { ReportAttempt, ReportTask } from '../model/report.ts';
import { micros, PID, tidOf, type TraceEvent } from './trace-event.ts';
import { durationOf } from './task-events.ts';

/** An arrow along each need, from the attempt that met it to the first that could start; only between tasks that ran. */
export function flowEvents(tasks: readonly ReportTask[]): TraceEvent[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  let id = 0;
  return tasks.flatMap(({ needs, attempts }) => {
    const [consumer] = attempts;
    if (consumer === undefined) return [];
    return needs.flatMap(({ task, kind, because }) => {
      const producer = byId.get(task)?.attempts.findLast(({ outcome }) => outcome === 'succeeded');
      return producer === undefined ? [] : arrow({ producer, consumer }, { id: ++id, name: because, cat: `need,${kind}` });
    });
  });
}

/** A flow binds to the slice around it: the start must lie within the producer's, not at its end. */
function arrow(
  { producer, consumer }: { producer: ReportAttempt; consumer: ReportAttempt },
  named: { id: number; name: string; cat: string },
): TraceEvent[] {
  const from = micros(producer.start) + durationOf({ start: producer.start, end: producer.end ?? producer.start }) - 1;
  return [
    { ...named, ph: 's', ts: from, pid: PID, tid: tidOf(producer) },
    { ...named, ph: 'f', bp: 'e', ts: Math.max(from, micros(consumer.start)), pid: PID, tid: tidOf(consumer) },
  ];
}
