import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { type Memory } from '../../../../src/runtime/workspace/memory/memory.ts';
import { type MemoryPass, type MemoryServer, openMemoryServer } from '../../../../src/runtime/workspace/memory/memory-server.ts';
import { MemoryFixture } from './memory-fixture.ts';

let at: MemoryFixture;
let memory: Memory;
let server: MemoryServer;
let pass: MemoryPass;
let decided: unknown[];

beforeEach(async () => {
  at = new MemoryFixture();
  memory = await at.open();
  await at.add(memory, { scope: 'project', text: 'The harbour opens at six' });
  await at.add(memory, { scope: 'private', text: 'The harbour master is called Ines' });
  server = await openMemoryServer();
  decided = [];
  pass = server.open({
    memory,
    read: ['project', 'notes'],
    write: ['notes'],
    record: async (action, { verdict }) => void decided.push({ ...action, verdict }),
    add: async (entry) => void (await at.add(memory, { ...entry, agent: 'coder', provenance: { task: 'T1' } }, 'untrusted')),
  });
});

afterEach(async () => {
  await server.close();
  at.close();
});

async function post(body: string, { token = pass.token, ...more }: { token?: string; method?: string; origin?: string } = {}) {
  const { origin, method = 'POST' } = more;
  const headers = { authorization: `Bearer ${token}`, ...(origin === undefined ? {} : { origin }) };
  return fetch(pass.url, { method, headers, ...(method === 'GET' ? {} : { body }) });
}

async function ask(method: string, params: JsonObject = {}): Promise<JsonObject> {
  const response = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  return (await response.json()) as JsonObject;
}

async function use(name: string, args: JsonObject): Promise<{ text: string; isError: boolean }> {
  const { result } = (await ask('tools/call', { name, arguments: args })) as {
    result: { content: [{ text: string }]; isError: boolean };
  };
  return { text: result.content[0].text, isError: result.isError };
}

describe('an agent', () => {
  it('is offered what its profile lets it do', async () => {
    expect(await ask('initialize', { protocolVersion: '2025-03-26' })).toMatchObject({
      result: { protocolVersion: '2025-03-26' },
    });
    expect(await ask('initialize', { protocolVersion: '1999-01-01' })).toMatchObject({
      result: { protocolVersion: '2025-06-18' },
    });
    const { result } = (await ask('tools/list')) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(['memory_search', 'memory_add']);
  });

  it('finds what is in its scopes and nothing of others, whatever it asks for', async () => {
    expect((await use('memory_search', { query: 'harbour' })).text).toContain('| The harbour opens at six');
    for (const args of [
      { query: 'harbour Ines' },
      { query: 'Ines', scope: 'private' },
      { query: 'Ines', scope: "project' OR 1" },
    ])
      expect((await use('memory_search', args)).text).not.toContain('called Ines');
    expect(decided.filter((each) => (each as { verdict: string }).verdict === 'deny')).toEqual([
      { kind: 'recall', scope: 'private', verdict: 'deny' },
    ]);
    expect(decided).toContainEqual({ kind: 'recall', scope: 'notes', verdict: 'allow' });
  });

  it('adds what is then untrusted, to its scopes alone', async () => {
    expect(await use('memory_add', { text: 'Piers are numbered' })).toEqual({ text: 'Remembered in notes.', isError: false });
    expect((await use('memory_search', { query: 'piers' })).text).toContain('[UNTRUSTED note in notes, by agent coder task T1');
    expect((await use('memory_add', { text: 'x', scope: 'project' })).isError).toBe(true);
    expect((await use('memory_add', { text: '' })).isError).toBe(true);
    expect(memory.list({ scopes: ['project'], limit: 10 })).toHaveLength(1);
    expect(decided).toContainEqual({ kind: 'remember', scope: 'project', verdict: 'deny' });
  });

  it('adds no more than anybody would read', async () => {
    for (let i = 0; i < 50; i++) await use('memory_add', { text: `note ${i}` });
    expect((await use('memory_add', { text: 'one more' })).isError).toBe(true);
    expect(memory.list({ scopes: ['notes'], limit: 100 })).toHaveLength(50);
  });

  it('has its right for as long as its attempt lasts', async () => {
    pass.close();
    expect((await post('{}')).status).toBe(401);
  });
});

describe('whoever else', () => {
  it.each([
    ['has no token', { token: '' }, 401],
    ['guesses one', { token: 'A'.repeat(43) }, 401],
    ['is a page in a browser', { origin: 'https://evil.example' }, 403],
    ['does not post', { method: 'GET' }, 405],
  ])('%s', async (_, how, status) => {
    expect((await post('{"jsonrpc":"2.0","id":1,"method":"ping"}', how)).status).toBe(status);
  });

  it.each([
    ['no JSON', '{', 400],
    ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}', 202],
    ['too much', ' '.repeat(1_100_000), 413],
  ])('posts %s', async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it.each([
    '[]',
    '1',
    '{"id":1,"method":1}',
    '{"id":1,"method":"nothing"}',
    '{"id":1,"method":"tools/call","params":{"name":"x"}}',
  ])('says what means nothing: %s', async (body) => {
    expect(await (await post(body)).json()).toHaveProperty('error');
  });
});

it('is spoken to over stdin and stdout by a program that knows nothing itself', async () => {
  const entry = join(import.meta.dirname, '../../../../src/runtime/workspace/memory/memory-bridge-entry.ts');
  const env = { PATH: process.env['PATH'] ?? '', AGENTNEXUS_MEMORY_TOKEN: pass.token };
  const child = spawn(process.execPath, [entry, pass.url], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async (message: JsonObject): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    return JSON.parse(String((await lines.next()).value));
  };
  expect(await say({ jsonrpc: '2.0', id: 7, method: 'ping' })).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  pass.close();
  expect(await say({ jsonrpc: '2.0', id: 'x', method: 'ping' })).toMatchObject({ id: 'x', error: { code: -32_603 } });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
