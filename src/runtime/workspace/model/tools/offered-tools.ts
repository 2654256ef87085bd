import type { McpServer } from '@agentclientprotocol/sdk';

import { messageOf } from '../../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../../base/version.ts';
import { type Tool, ToolError } from './tool.ts';

type HttpServer = Extract<McpServer, { type: 'http' }>;

/** Tools that one server may add, characters of one of its answers, and milliseconds to wait for it. */
const MOST_TOOLS = 32;
const LONGEST = 1_048_576;
const PATIENCE = 60_000;

const PROTOCOL = '2025-06-18';
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** What the client's MCP servers offer over HTTP, as tools beside our own (`taken`). Rejects where a server does not answer: a task would be done without what it needs. */
export async function offeredTools(servers: readonly McpServer[], taken: readonly string[]): Promise<Tool[]> {
  const names = new Set(taken);
  const tools: Tool[] = [];
  for (const server of servers) {
    if (!('type' in server) || server.type !== 'http') continue;
    for (const tool of await toolsOf(server)) {
      if (names.has(tool.spec.name)) continue;
      names.add(tool.spec.name);
      tools.push(tool);
    }
  }
  return tools;
}

async function toolsOf(server: HttpServer): Promise<Tool[]> {
  const clientInfo = { name: 'agentnexus-model', version: PRODUCT_VERSION };
  await call(server, 'initialize', { protocolVersion: PROTOCOL, capabilities: {}, clientInfo });
  const { tools } = await call(server, 'tools/list', {});
  return (Array.isArray(tools) ? (tools as JsonValue[]) : []).slice(0, MOST_TOOLS).flatMap((said) => toolFrom(said, server));
}

function toolFrom(said: JsonValue, server: HttpServer): Tool[] {
  if (!isJsonObject(said)) return [];
  const { name, description, inputSchema } = said;
  if (typeof name !== 'string' || !NAME.test(name) || !isJsonObject(inputSchema)) return [];
  return [
    {
      spec: { name, description: typeof description === 'string' ? description : '', parameters: inputSchema },
      plan: (args) => ({
        action: { kind: 'other', what: name },
        title: name,
        input: args,
        perform: ({ signal }) => use(server, { name, arguments: args }, signal),
      }),
    },
  ];
}

/** What a tool refuses is for the model to read; so is a server that has gone. */
async function use(server: HttpServer, params: JsonObject, signal: AbortSignal): Promise<string> {
  const { content, isError } = await call(server, 'tools/call', params, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ToolError(messageOf(error));
  });
  const text = (Array.isArray(content) ? (content as JsonValue[]) : [])
    .flatMap((item) => (isJsonObject(item) && typeof item['text'] === 'string' ? [item['text']] : []))
    .join('\n');
  if (isError === true) throw new ToolError(text);
  return text;
}

/** Streamable HTTP of MCP for servers that answer at once. */
async function call(server: HttpServer, method: string, params: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
  const timeout = AbortSignal.timeout(PATIENCE);
  const response = await fetch(server.url, {
    method: 'POST',
    redirect: 'error',
    headers: {
      ...Object.fromEntries(server.headers.map(({ name, value }) => [name, value])),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  const text = await response.text();
  const answer: unknown = response.ok && text.length <= LONGEST ? JSON.parse(text) : undefined;
  if (isJsonObject(answer) && isJsonObject(answer['result'])) return answer['result'];
  throw new Error(`The server of tools \`${server.name}\` does not answer ${method} (${response.status}).`);
}
