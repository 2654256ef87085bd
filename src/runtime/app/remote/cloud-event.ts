import type { JsonObject } from '../../../base/json.ts';
import type { Entry } from '../../log/entry.ts';
import { type EntryData, isRecord, type ToldEntry } from '../../report/standing/told-entry.ts';

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

const TYPE = 'dev.agentnexus.';
const SOURCE = '/missions/';

export function cloudEvent({ kind, at, mission, task, data }: Entry, id: string): CloudEvent {
  return {
    specversion: '1.0',
    type: `${TYPE}${kind}`,
    source: mission === undefined ? '/' : `${SOURCE}${mission}`,
    id,
    time: at,
    ...(task === undefined ? {} : { subject: task }),
    datacontenttype: 'application/json',
    data: { ...data },
  };
}

/** An entry as it comes over a stream. */
export interface StreamedEntry extends ToldEntry {
  /** `EPOCH.SEQ`: where a stream goes on from. */
  cursor: string;
  mission: string | null;
  task: string | null;
}

/** Reads what `cloudEvent` makes; undefined if it is none. Runs in browsers. */
export function readCloudEvent({ id, type, time, source, subject, data }: EntryData): StreamedEntry | undefined {
  const cursor = typeof id === 'string' ? parseCursor(id) : undefined;
  if (cursor === undefined || typeof id !== 'string' || typeof type !== 'string' || typeof time !== 'string') return undefined;
  return {
    seq: cursor.seq,
    cursor: id,
    kind: type.startsWith(TYPE) ? type.slice(TYPE.length) : type,
    at: time,
    mission: typeof source === 'string' && source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null,
    task: typeof subject === 'string' ? subject : null,
    data: isRecord(data) ? data : {},
  };
}

/** Takes a cursor apart. The first part names this history of the log. */
export function parseCursor(text: string): { epoch: string; seq: number } | undefined {
  const [, epoch, digits] = /^([^.]+)\.(-1|\d{1,15})$/.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(digits) };
}
