import type { RequestPermissionRequest } from '@agentclientprotocol/sdk';

import { isJsonObject } from '../../../../base/json.ts';
import type { Action } from '../../../policy/action.ts';

type ToolCall = RequestPermissionRequest['toolCall'];

/** Scopes that an attempt may look into, and add to. */
export interface MemoryScopes {
  read: readonly string[];
  write: readonly string[];
}

/** A tool of the memory and nothing else, as agents write the name of an MCP tool: `mcp__agentnexus__memory_add`, `memory_search (agentnexus MCP Server)`. */
const NAME = /^(?:[\w.:-]*[_.:-])?memory_(search|add)(?: \([\w .-]+\))?$/;

/** What is neither of files, nor a command, nor a page. */
const KINDS: ReadonlySet<string> = new Set(['other', 'read', 'search']);

/** The use of the memory that an agent asks leave for; none where it asks for something else. What it then does is decided anew by the memory itself. */
export function askedMemory(call: ToolCall, scopes: MemoryScopes): Action[] {
  const { name, title, kind, locations, content, rawInput } = call;
  const [, verb] = NAME.exec(name ?? title ?? '') ?? [];
  if (verb === undefined || !KINDS.has(kind ?? 'other')) return [];
  if ((locations ?? []).length > 0 || (content ?? []).some(({ type }) => type !== 'content')) return [];
  const scope = scopeIn(rawInput);
  const kindOfUse = verb === 'search' ? 'recall' : 'remember';
  const meant = scope === undefined ? (verb === 'search' ? scopes.read : scopes.write.slice(0, 1)) : [scope];
  return meant.map((each) => ({ kind: kindOfUse, scope: each }));
}

/** Its arguments, or what some agents put around them. */
function scopeIn(input: unknown): string | undefined {
  if (!isJsonObject(input)) return undefined;
  const around = [input, input['arguments'], input['args'], input['input']];
  return around.flatMap((each) => (isJsonObject(each) && typeof each['scope'] === 'string' ? [each['scope']] : []))[0];
}
