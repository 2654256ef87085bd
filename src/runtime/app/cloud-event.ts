import type { JsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';

/** An entry of the log as CloudEvents 1.0 has it (JSON event format). */
export interface CloudEvent {
  specversion: '1.0';
  type: string;
  source: string;
  /** Position in the streams: unique, and where to go on from. */
  id: string;
  /** RFC 3339. */
  time: string;
  subject?: string;
  datacontenttype: 'application/json';
  data: JsonObject;
}

export function cloudEvent({ kind, at, mission, task, data }: Entry, id: string): CloudEvent {
  return {
    specversion: '1.0',
    type: `dev.agentnexus.${kind}`,
    source: mission === undefined ? '/' : `/missions/${mission}`,
    id,
    time: at,
    ...(task === undefined ? {} : { subject: task }),
    datacontenttype: 'application/json',
    data: { ...data },
  };
}
