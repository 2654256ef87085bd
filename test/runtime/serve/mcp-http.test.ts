import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALL, READER, ServerBench, SPEC } from './server-bench.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
}, 60_000);
afterAll(() => bench.remove());

interface Message {
  error?: { code: number };
  result?: {
    protocolVersion?: string;
    tools?: { name: string; inputSchema: { required?: string[]; properties: object } }[];
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
  };
}

async function say(
  message: object,
  { token = ALL, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; message: Message }> {
  const response = await fetch(`${bench.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  return { status: response.status, message: text === '' ? {} : (JSON.parse(text) as Message) };
}

async function use(name: string, args: object, token = ALL): Promise<Record<string, unknown>> {
  const { message } = await say({ id: 1, method: 'tools/call', params: { name, arguments: args } }, { token });
  return { ...message.result?.structuredContent, isError: message.result?.isError };
}

describe('MCP over HTTP', () => {
  it('greets, says what there is, and speaks no other version', async () => {
    const hello = await say({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } });
    expect([hello.status, hello.message.result?.protocolVersion]).toEqual([200, '2025-06-18']);
    expect((await say({ method: 'notifications/initialized' })).status).toBe(202);
    const { message } = await say({ id: 2, method: 'tools/list' });
    const tools = new Map(message.result?.tools?.map((tool) => [tool.name, tool]));
    expect([...tools.keys()]).toEqual(expect.arrayContaining(['specification_send', 'plan', 'apply', 'status', 'verify']));
    for (const name of ['approve', 'promote', 'doctor', 'cache_prune', 'tokens_create', 'init'])
      expect(tools.has(name), name).toBe(false);
    expect(tools.get('status')?.inputSchema.required).toEqual(['mission']);
    expect(tools.get('plan')?.inputSchema.properties).toHaveProperty('specification');
    expect((await say({ id: 3, method: 'ping' }, { headers: { 'mcp-protocol-version': '1999-01-01' } })).status).toBe(400);
    expect((await say({ id: 4, method: 'resources/list' })).message.error?.code).toBe(-32_601);
    expect((await say({ id: 5 })).status).toBe(400);
  });

  it('takes a specification to a mission that is proven', { timeout: 120_000 }, async () => {
    const { upload: specification } = await use('specification_send', { content: SPEC });
    const { tasks } = await use('plan', { specification });
    expect((tasks as object[]).length).toBeGreaterThan(2);
    const { id } = await use('apply', { specification });
    await bench.ended(String(id));
    expect(await use('status', { mission: id })).toMatchObject({ kind: 'Status', state: 'succeeded', isError: false });
    expect(await use('verify', { mission: id })).toMatchObject({ kind: 'Verification', result: 'verified' });
  });

  it('refuses by the tool, in its audit too, and names no folder', async () => {
    expect((await say({ id: 1, method: 'ping' }, { token: '' })).status).toBe(401);
    const before = bench.host.engine.log.size;
    expect(await use('cancel', { mission: 'latest' }, READER)).toMatchObject({
      isError: true,
      kind: 'Error',
      code: 'AUTH_DENIED',
    });
    expect(bench.host.engine.log.entry(before)).toMatchObject({
      kind: 'access.denied',
      data: { by: 'reader', what: 'MCP cancel' },
    });
    expect(await use('apply', { specification: 'sha256:00' })).toMatchObject({ isError: true, code: 'NOT_FOUND' });
    expect(await use('apply', { bundle: '/etc' })).toMatchObject({ isError: true, code: 'USAGE' });
    expect(await use('plan', { specification: '../../etc/passwd' })).toMatchObject({ isError: true, code: 'NOT_FOUND' });
    const { status } = await fetch(`${bench.url}/mcp`, { headers: { authorization: `Bearer ${ALL}` } });
    expect(status).toBe(405);
  });
});
