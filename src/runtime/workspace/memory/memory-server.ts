import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type JsonValue, parsedJson } from '../../../base/json.ts';
import { type MemoryGrant, MemoryTools } from './memory-tools.ts';

/** Offers the memory to agents behind walls, who reach nothing but loopback addresses that they are let through to. */
export interface MemoryServer {
  /** `host:port` to let through the sandbox. */
  readonly address: string;
  open(grant: MemoryGrant): MemoryPass;
  close(): Promise<void>;
}

/** One agent's right to the memory, for as long as its attempt lasts. */
export interface MemoryPass {
  /** For agents that speak MCP over HTTP: `mcpServers` of `session/new`. */
  url: string;
  /** For `Authorization: Bearer`. */
  token: string;
  close(): void;
}

/** Beside the model gateway, and not on 127.0.0.1: agents talk to themselves there, past the proxy of their sandbox. */
const HOST = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

const MAX_REQUEST = 1_048_576;

/** Listens on a free port. Streamable HTTP of MCP (2025-06-18) in its smallest form: a message is posted, the response has its answer as JSON. */
export async function openMemoryServer(): Promise<MemoryServer> {
  const passes = new Map<string, MemoryTools>();
  const server = createServer((request, response) => void serve(request, response, passes));
  server.requestTimeout = 30_000;
  await listening(server);
  const { port } = server.address() as AddressInfo;
  const address = `${HOST}:${port}`;
  return {
    address,
    open(grant) {
      const token = randomBytes(32).toString('base64url');
      passes.set(token, new MemoryTools(grant));
      return { url: `http://${address}/mcp`, token, close: () => void passes.delete(token) };
    },
    async close() {
      passes.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  passes: ReadonlyMap<string, MemoryTools>,
): Promise<void> {
  try {
    const { status, body } = await answerTo(request, passes);
    response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  } catch {
    // A defect of ours says nothing to an agent.
    response.writeHead(500).end();
  }
}

async function answerTo(
  request: IncomingMessage,
  passes: ReadonlyMap<string, MemoryTools>,
): Promise<{ status: number; body?: JsonValue | undefined }> {
  const tools = toolsFor(request, passes);
  if (tools === undefined) return { status: 401 };
  if (request.url !== '/mcp') return { status: 404 };
  if (request.method !== 'POST') return { status: 405 };
  // A page in somebody's browser could find the port.
  if (request.headers.origin !== undefined) return { status: 403 };
  const text = await bodyOf(request);
  if (text === undefined) return { status: 413 };
  const message = parsedJson(text);
  if (message === undefined) return { status: 400 };
  const body = await tools.answer(message);
  return body === undefined ? { status: 202 } : { status: 200, body };
}

function toolsFor({ headers }: IncomingMessage, passes: ReadonlyMap<string, MemoryTools>): MemoryTools | undefined {
  const given = Buffer.from((headers.authorization ?? '').replace(/^Bearer /, ''));
  for (const [token, tools] of passes) {
    const known = Buffer.from(token);
    if (known.length === given.length && timingSafeEqual(known, given)) return tools;
  }
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_REQUEST) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
