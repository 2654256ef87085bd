import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { CONTRACTS, inputSchema, type Scope } from '../../app/operation-contracts.ts';
import type { OperationName } from '../../app/operations.ts';

/** A tool as `tools/list` shows it (Model Context Protocol, 2025-06-18). */
export interface Tool {
  name: string;
  description: string;
  inputSchema: JsonObject;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; openWorldHint: boolean };
}

export interface Offered {
  operation: OperationName;
  tool: Tool;
}

const isOffered = (name: OperationName, decides: boolean): boolean => {
  const { scope, local } = CONTRACTS[name];
  // Whoever can make tokens for others can make one that may decide.
  if (scope === 'workspace:admin' || scope === 'tokens:write' || local !== undefined) return false;
  return decides || (scope !== 'missions:decide' && scope !== 'releases:write');
};

const READING: ReadonlySet<Scope> = new Set(['specifications:read', 'missions:read', 'evidence:read', 'ledger:read']);

/** Tool of an operation: dots are not allowed in names everywhere. */
const toolName = (name: OperationName): string => name.replaceAll('.', '_');

/** Members that are for people: they write files where the caller says, or only make sense in a terminal. */
const LEFT_OUT: { readonly [N in OperationName]?: readonly string[] } = {
  report: ['out', 'force'],
  plan: ['lock'],
  apply: ['prompt', 'detach'],
};

/**
 * Operations that a coding agent is offered. What people decide (`approve`, `reject`) is among them only where whoever starts the server says so: an approval
 * that the approved can give is none.
 */
export function toolsOf({ decides }: { decides: boolean }): Map<string, Offered> {
  const names = (Object.keys(CONTRACTS) as OperationName[]).filter((name) => isOffered(name, decides));
  return new Map(
    names.map((operation) => {
      const { properties, ...schema } = inputSchema(operation);
      const tool = toolOf(operation, { ...schema, properties: withoutMembers(properties, LEFT_OUT[operation] ?? []) });
      return [tool.name, { operation, tool }];
    }),
  );
}

/** An operation as a tool that takes this. */
export function toolOf(operation: OperationName, { description = '', ...schema }: JsonObject): Tool {
  const readOnlyHint = READING.has(CONTRACTS[operation].scope);
  return {
    name: toolName(operation),
    description: typeof description === 'string' ? description : '',
    inputSchema: { type: 'object', ...schema },
    annotations: { readOnlyHint, destructiveHint: operation === 'cancel', openWorldHint: false },
  };
}

function withoutMembers(properties: JsonValue | undefined, names: readonly string[]): JsonObject {
  const members = isJsonObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(members.filter(([name]) => !names.includes(name)));
}

/**
 * What is not in the tool's schema is not to be had by knowing of it. A script would run whatever its file says, beside the walls that the calling agent may be
 * kept in. Throws `USAGE`, `AUTH_DENIED`.
 */
export function refuseUnoffered({ operation, tool }: Offered, given: JsonValue): void {
  if (!isJsonObject(given)) return;
  const unknown = LEFT_OUT[operation]?.find((name) => given[name] !== undefined);
  if (unknown !== undefined) {
    throw new NexusError('USAGE', `The tool ${tool.name} has no \`${unknown}\`.`, {
      hint: 'Leave it out, or ask a person to run the command.',
    });
  }
  if (typeof given['agent'] !== 'string' || !given['agent'].startsWith('script:')) return;
  throw new NexusError('AUTH_DENIED', `The agent \`${given['agent']}\` is not for agents to choose.`, {
    hint: 'Ask a person to run `spec-kit apply` with it.',
  });
}
