import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Progress } from '../../app/views.ts';
import type { Tool } from './tools.ts';

/** Versions of the protocol that are spoken; of one that is not known the newest of ours is offered. */
export const PROTOCOLS: readonly string[] = ['2025-06-18', '2025-03-26', '2024-11-05'];

/** Codes of JSON-RPC 2.0. */
export const [PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS] = [-32_700, -32_600, -32_602] as const;
const METHOD_NOT_FOUND = -32_601;

export type Id = string | number;

export const isId = (value: JsonValue | undefined): value is Id => typeof value === 'string' || typeof value === 'number';

/** A fault of the protocol. */
export class Fault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where the tools are. */
export interface ToolDesk {
  readonly tools: readonly Tool[];
  /** Rejects with `NexusError` for what is refused. */
  call(tool: string, given: JsonValue, progress?: (progress: Progress) => void): Promise<{ kind: string }>;
  /** As the agent reads it. */
  refusal(error: NexusError): { kind: string };
}

/** What a method gives. `progress`: told what a tool does, under the token that it was asked to be told under. Throws `Fault`. */
export async function resultOf(
  desk: ToolDesk,
  { method, params }: { method: string; params: JsonObject },
  progress: (token: Id, progress: Progress) => void = () => undefined,
): Promise<JsonObject> {
  switch (method) {
    case 'initialize':
      return greeting(params);
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: desk.tools.map((tool) => ({ ...tool })) };
    case 'tools/call':
      return callTool(desk, params, progress);
    default:
      throw new Fault(METHOD_NOT_FOUND, `There is no method ${method}.`);
  }
}

/** What an operation refuses is the tool's answer, so that the agent reads it, and no fault of the protocol. */
async function callTool(
  desk: ToolDesk,
  { name, arguments: given = {}, _meta: meta }: JsonObject,
  progress: (token: Id, progress: Progress) => void,
): Promise<JsonObject> {
  if (typeof name !== 'string' || !desk.tools.some((tool) => tool.name === name)) {
    throw new Fault(INVALID_PARAMS, `There is no tool ${JSON.stringify(name)}.`);
  }
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined;
  try {
    return answerOf(await desk.call(name, given, isId(token) ? (each) => progress(token, each) : undefined), false);
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    return answerOf(desk.refusal(error), true);
  }
}

function greeting({ protocolVersion }: JsonObject): JsonObject {
  const asked = typeof protocolVersion === 'string' && PROTOCOLS.includes(protocolVersion) ? protocolVersion : PROTOCOLS[0];
  return {
    protocolVersion: asked ?? '',
    capabilities: { tools: {} },
    serverInfo: { name: 'agentnexus', version: PRODUCT_VERSION },
    instructions:
      'Specifications become verified software: `plan` shows the tasks, `apply` runs them to their gate, `status` and `explain` say how it went, ' +
      '`verify` proves it. A task is done when its checks have passed, not when somebody says so.',
  };
}

function answerOf({ kind, ...view }: { kind: string }, isError: boolean): JsonObject {
  // As JSON has it: members without a value are not there.
  const structured: JsonObject = JSON.parse(JSON.stringify({ apiVersion: 'agentnexus.dev/v1', kind, ...view }));
  return { content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured, isError };
}
