import { NexusError } from '../base/errors.ts';
import { listed } from '../base/text.ts';
import { nearest } from './nearest.ts';

/** What oclif throws about a call. Its classes are recognised by what they carry: importing them would load all of oclif. */
interface ParseError extends Error {
  oclif: { exit?: number };
  flags?: unknown;
  args?: unknown;
  parse?: { input?: { flags?: Record<string, unknown> } };
}

export function isOclifError(error: unknown): error is ParseError {
  return error instanceof Error && 'oclif' in error;
}

/** oclif's complaint about flags or arguments as one of ours. `command` is the command's name: `evidence show`. */
export function usageError(error: ParseError, command: string): NexusError {
  const help = command === '' ? '`spec-kit --help`' : `\`spec-kit ${command} --help\``;
  return new NexusError('USAGE', messageOf(error), { hint: `${guess(error)}${help} shows what it takes.`, cause: error });
}

function messageOf(error: ParseError): string {
  if (isTexts(error.flags)) return `There is no flag ${listed(error.flags)}.`;
  const missing = isMissing(error) ? error.args.map((arg) => arg.name.toUpperCase()) : [];
  if (missing.length > 0) return `${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`;
  if (isTexts(error.args)) return `There is an argument too many: ${listed(error.args)}.`;
  const value = /^Parsing (--\S+)\s+Expected ([^\n]*)/.exec(error.message);
  if (value !== null) return `${value[1]}: expected ${value[2]}`;
  return error.message.replace(/\n*See more help with --help$/, '').replace(/^The following errors? occurred:\s*/, '');
}

function guess({ flags, parse }: ParseError): string {
  if (!isTexts(flags)) return '';
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const found = flags.map((flag) => nearest(flag, known)).filter((flag) => flag !== undefined);
  return found.length === 0 ? '' : `Did you mean ${listed(found)}? `;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function isMissing(error: ParseError): error is ParseError & { args: { name: string }[] } {
  return Array.isArray(error.args) && error.args.every((arg) => typeof arg === 'object' && arg !== null && 'name' in arg);
}
