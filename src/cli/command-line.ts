import { NexusError } from '../base/errors.ts';
import { nearest } from './nearest.ts';

/** How results and errors are printed: for people, as one JSON document, or as CloudEvents one a line. */
export type OutputMode = 'text' | 'document' | 'events';

/** What a command line asks for, known before any command is loaded, so that every error can be printed in kind. */
export function outputMode(argv: readonly string[]): OutputMode {
  const words = flagsOf(argv);
  const has = (flag: string, value: string): boolean =>
    words.includes(`${flag}=${value}`) || words.some((word, index) => word === flag && words[index + 1] === value);
  if (has('--ui', 'json')) return 'events';
  const isDocument = words.includes('--json') || has('--format', 'json');
  if (!isDocument) return 'text';
  return words[0] === 'logs' && words.some((word) => word === '--follow' || word === '-f') ? 'events' : 'document';
}

/** The global flags may also stand before the command: they are moved behind it, where oclif reads them. */
export function withFlagsBehind(argv: readonly string[], ids: readonly string[]): string[] {
  const rest = [...argv];
  const flags: string[] = [];
  while (rest[0] !== undefined && /^--(json|no-color|workspace)(=|$)/.test(rest[0])) {
    flags.push(...rest.splice(0, rest[0] === '--workspace' ? 2 : 1));
  }
  const length = commandLength(rest, ids);
  return [...rest.slice(0, length), ...flags, ...rest.slice(length)];
}

/** Throws `USAGE` if the command line names a command that does not exist. */
export function checkCommand(argv: readonly string[], ids: readonly string[]): void {
  const [first, second] = argv;
  if (first === undefined || first.startsWith('-')) return;
  const topics = new Set(ids.filter((id) => id.includes(':')).map((id) => id.slice(0, id.indexOf(':'))));
  if (ids.includes(first)) return;
  if (!topics.has(first)) throw unknown(first, [...ids.filter((id) => !id.includes(':')), ...topics]);
  if (second === undefined || second.startsWith('-') || ids.includes(`${first}:${second}`)) return;
  const siblings = ids.filter((id) => id.startsWith(`${first}:`)).map((id) => id.replace(':', ' '));
  throw unknown(`${first} ${second}`, siblings);
}

/** Words behind `--` are arguments. */
export function asksForHelp(argv: readonly string[]): boolean {
  return flagsOf(argv).includes('--help');
}

/** The words of `argv` that name the command: `evidence show`. */
export function commandName(argv: readonly string[], ids: readonly string[]): string {
  return argv.slice(0, commandLength(argv, ids)).join(' ');
}

function commandLength([first, second]: readonly string[], ids: readonly string[]): number {
  if (first === undefined || first.startsWith('-')) return 0;
  return second !== undefined && ids.includes(`${first}:${second}`) ? 2 : 1;
}

function unknown(name: string, known: readonly string[]): NexusError {
  const guess = nearest(name, known);
  return new NexusError('USAGE', `There is no command \`${name}\`.`, {
    hint:
      guess === undefined
        ? '`spec-kit --help` lists the commands.'
        : `Did you mean \`spec-kit ${guess}\`? \`spec-kit --help\` lists the commands.`,
    details: { command: name, ...(guess === undefined ? {} : { suggestion: guess }) },
  });
}

function flagsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
