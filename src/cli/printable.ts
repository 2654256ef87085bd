import { stripVTControlCharacters } from 'node:util';

/** Control characters but tab and line feed, and those that reorder text (Unicode TR 36, "bidirectional text spoofing"). */
const UNPRINTABLE = /(?![\t\n])\p{Cc}|\p{Bidi_Control}/gu;

/** Nearly all text: what a terminal shows as it is. */
const PLAIN = /^[\t\n -~]*$/;

/**
 * What GitHub's runner obeys in the log of a job: `::stop-commands::x` as a line, and, as it was once written, `##[add-mask]x` anywhere (actions/runner,
 * `ActionCommand.cs`).
 */
const RUNNER_COMMAND = /(?<=^[ \t]*):(?=:[a-z][^\n]*::)|(?<=#)#(?=\[[a-z])/gim;

/** Text from a specification, a tool or a file as a terminal may show it: no escape sequences, control characters and commands to whoever logs it made visible. */
export function printable(text: string): string {
  const shown = PLAIN.test(text) ? text : stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(UNPRINTABLE, visible);
  return shown.includes('::') || shown.includes('##[') ? shown.replace(RUNNER_COMMAND, visible) : shown;
}

/** Like `printable`, on one line. */
export function oneLine(text: string): string {
  return printable(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('\t', ' ')
    .trim();
}

/** Plain data in which every string is printable; what renderers are given. Copied is only what had to be changed: a plan may be large. */
export function printableData<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return cleanRecord(value);
  const cleaned: unknown[] = value.map(clean);
  return cleaned.every((each, index) => each === value[index]) ? value : cleaned;
}

function cleanRecord(record: object): object {
  const members = Object.entries(record);
  const cleaned = members.map(([key, member]) => [printable(key), clean(member)] as const);
  const isSame = cleaned.every(([key, member], index) => key === members[index]?.[0] && member === members[index][1]);
  return isSame ? record : Object.fromEntries(cleaned);
}

function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** One JSON document. `JSON.stringify` leaves DEL, C1 and reordering characters as they are; a terminal must not see them either. */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNPRINTABLE, visible);
}
