import type { JsonObject } from '../../base/json.ts';
import { type CloudEvent, cloudEvent } from '../app/remote/cloud-event.ts';
import type { LogsView } from '../app/views.ts';

/** CloudEvents 1.0, JSON batch format: an array of events. */
export const BATCH = 'application/cloudevents-batch+json';

/** Whether `Accept` (RFC 9110, 12.5.1) asks for events as a batch; all else is answered with our own document. */
export function asksForBatch(accept: string | undefined): boolean {
  const ranges = accept?.split(',').map((each) => each.trim().toLowerCase()) ?? [];
  return ranges.some((range) => range === BATCH || (range.startsWith(`${BATCH};`) && !/;\s*q=0(?:\.0*)?$/.test(range)));
}

/** Entries as the streams tell them. */
export function batchOf({ items }: LogsView, cursorOf: (seq: number) => string): CloudEvent[] {
  return items.map(({ seq, at, entry: kind, mission, task, data }) =>
    cloudEvent(
      { seq, at, kind, data: data as JsonObject, ...(mission === null ? {} : { mission }), ...(task === null ? {} : { task }) },
      cursorOf(seq),
    ),
  );
}

export const CURSOR_SCHEMA: JsonObject = {
  type: 'string',
  pattern: '^[0-9a-f]{8}\\.(-1|[0-9]+)$',
  description: 'Where to go on from: `EPOCH.SEQ`.',
};

export const EVENT_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    specversion: { const: '1.0' },
    id: CURSOR_SCHEMA,
    source: { type: 'string', description: '`/missions/ID`, or `/`.' },
    type: { type: 'string', pattern: '^dev\\.agentnexus\\.' },
    subject: { type: 'string', description: 'The task, where it is about one.' },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    data: { type: 'object' },
  },
  required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
};

export const BATCH_SCHEMA: JsonObject = { type: 'array', items: EVENT_SCHEMA };
