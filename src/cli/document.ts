import { systemClock, timestamp } from '../base/clock.ts';
import { jsonText } from './printable.ts';

/** The `apiVersion` of every JSON document the command line prints. */
export const API_VERSION = 'agentnexus.dev/v1';

/** What `--json` prints: one document, `apiVersion` and `kind` first. */
export function documentText(view: { kind: string }): string {
  return [...documentParts(view)].join('');
}

/** Entries of a list that are one part. */
const ENTRIES = 100;

/** The text of `documentText` in parts, each made when it is asked for: a plan of thousands of tasks need not be there twice. */
export function* documentParts(view: { kind: string }): Generator<string> {
  const { kind, ...rest } = view;
  const members = Object.entries({ apiVersion: API_VERSION, kind, ...rest }).filter(([, value]) => value !== undefined);
  let before = '{\n  ';
  for (const [key, value] of members) {
    yield `${before}${jsonText(key)}: `;
    if (Array.isArray(value) && value.length > 0) yield* listParts(value);
    else yield indented(jsonText(value), '  ');
    before = ',\n  ';
  }
  yield '\n}\n';
}

function* listParts(list: readonly unknown[]): Generator<string> {
  for (let at = 0; at < list.length; at += ENTRIES) {
    const entries = list.slice(at, at + ENTRIES).map((entry) => indented(jsonText(entry ?? null), '    '));
    yield `${at === 0 ? '[' : ','}\n    ${entries.join(',\n    ')}`;
  }
  yield '\n  ]';
}

/** Line feeds in JSON text stand between tokens only. */
function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
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
