import { systemClock, timestamp } from '../base/clock.ts';
import { jsonText } from './printable.ts';

/** The `apiVersion` of every JSON document the command line prints. */
export const API_VERSION = 'agentnexus.dev/v1';

/** What `--json` prints: one document, `apiVersion` and `kind` first. */
export function documentText(view: { kind: string }): string {
  const { kind, ...rest } = view;
  return `${jsonText({ apiVersion: API_VERSION, kind, ...rest })}\n`;
}

/** What `--json` prints for an error. */
export interface ErrorDocument {
  kind: 'Error';
  code: string;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

export interface EventDraft {
  /** Without the `dev.agentnexus.` in front. */
  type: string;
  data: unknown;
  mission?: string;
  /** What it is about: a task. */
  subject?: string;
  /** Unique among the events of its mission; counted where it is not given. */
  id?: string;
  /** RFC 3339; now where it is not given. */
  time?: string;
}

let counter = 0;

/** One line with one CloudEvent (specification 1.0, JSON format). */
export function eventText({ type, data, mission, subject, id, time }: EventDraft): string {
  const event = {
    specversion: '1.0',
    type: `dev.agentnexus.${type}`,
    source: mission === undefined ? '/spec-kit' : `/missions/${mission}`,
    id: id ?? `${process.pid}-${counter++}`,
    time: time ?? timestamp(systemClock),
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
    data,
  };
  return `${jsonText(event, 0)}\n`;
}
