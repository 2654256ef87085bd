import { isAbsolute } from 'node:path';

import type { RequestPermissionRequest } from '@agentclientprotocol/sdk';

import { isJsonObject } from '../../../../base/json.ts';
import type { Action } from '../../../policy/action.ts';
import { readCommand } from '../../../policy/read-command.ts';
import { pathWithin } from '../path-within.ts';
import { askedMemory, type MemoryScopes } from './asked-memory.ts';

type ToolCall = RequestPermissionRequest['toolCall'];

/**
 * What an agent asks leave for, as actions: all that it names. What it does not name as one of them is an action of no kind, which no profile
 * allows; and what it says may be less than what it will do.
 */
export function askedActions(
  call: ToolCall,
  { folder, memory }: { folder: string; memory?: MemoryScopes | undefined },
): [Action, ...Action[]] {
  const asked = memory === undefined ? [] : askedMemory(call, memory);
  const named = [...placed(call, folder), ...commanded(call, folder), ...fetched(call), ...asked];
  const [first, ...others] = named;
  return first === undefined ? [{ kind: 'other', what: describe(call) }] : [first, ...others];
}

const READS: ReadonlySet<string> = new Set(['read', 'search']);
/** Where the places it names are beside the point. */
const ELSEWHERE: ReadonlySet<string> = new Set(['execute', 'fetch', 'think', 'switch_mode']);

function placed({ kind, locations, content }: ToolCall, folder: string): Action[] {
  const diffs = (content ?? []).flatMap((item) => (item.type === 'diff' ? [item.path] : []));
  const places = ELSEWHERE.has(kind ?? 'other') ? [] : (locations ?? []).map(({ path }) => path);
  const isRead = READS.has(kind ?? 'other') && diffs.length === 0;
  const paths = [...new Set([...places, ...diffs].map((path) => pathWithin(folder, path)))];
  return paths.map((path) => ({ kind: isRead ? 'read' : 'write', path }));
}

function commanded(call: ToolCall, folder: string): Action[] {
  if (call.kind !== 'execute') return [];
  const input = isJsonObject(call.rawInput) ? call.rawInput : {};
  const argv = argvOf(input['command'] ?? input['cmd']);
  const elsewhere = ['cwd', 'workdir', 'dir_path', 'directory']
    .map((name) => input[name])
    .find((place): place is string => typeof place === 'string' && place !== '' && !isInside(folder, place));
  if (elsewhere !== undefined) return [{ kind: 'other', what: `run in ${elsewhere}: ${describe(call)}` }];
  return [argv === undefined ? { kind: 'other', what: describe(call) } : { kind: 'run', argv }];
}

/** The folder itself is within, too: most agents say that they run something just there. */
function isInside(folder: string, place: string): boolean {
  const real = pathWithin(folder, place);
  return real === folder || !isAbsolute(real);
}

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'zsh', '/bin/bash', '/bin/sh', '/usr/bin/bash', '/bin/zsh']);

/** The words of a command, if it is nothing but words: what a shell would make of it is not for us to say. */
function argvOf(command: unknown): readonly [string, ...string[]] | undefined {
  if (typeof command === 'string') return readCommand(command);
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) return undefined;
  const [program, flag, line, ...more] = command;
  if (program === undefined) return undefined;
  // A shell that is given a line is what the line is; one that is given a file is a program like any other, and so is whatever comes with more to it.
  const isLine = SHELLS.has(program) && /^-l?c$/.test(flag ?? '') && line !== undefined && more.length === 0;
  return isLine ? readCommand(line) : [program, ...command.slice(1)];
}

function fetched({ kind, rawInput }: ToolCall): Action[] {
  if (kind !== 'fetch') return [];
  const url = isJsonObject(rawInput) && typeof rawInput['url'] === 'string' ? URL.parse(rawInput['url']) : null;
  if (url === null || url.hostname === '') return [];
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return [{ kind: 'connect', host: url.hostname, port }];
}

function describe({ kind, title, toolCallId, rawInput }: ToolCall): string {
  const input = rawInput === undefined ? '' : ` ${JSON.stringify(rawInput)}`;
  return `${kind ?? 'other'}: ${title ?? toolCallId}${input}`.slice(0, 2_000);
}
