import { afterEach, beforeEach, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { type MemoryServer, openMemoryServer } from '../../../../src/runtime/workspace/memory/memory-server.ts';
import { offeredTools } from '../../../../src/runtime/workspace/model/tools/offered-tools.ts';
import { ToolError } from '../../../../src/runtime/workspace/model/tools/tool.ts';
import { MemoryFixture } from '../memory/memory-fixture.ts';

let at: MemoryFixture;
let server: MemoryServer;
beforeEach(async () => {
  at = new MemoryFixture();
  server = await openMemoryServer();
});
afterEach(async () => {
  await server.close();
  at.close();
});

async function offer({ token }: { token?: string } = {}) {
  const memory = await at.open();
  await at.add(memory, { scope: 'project', text: 'The harbour opens at six' });
  const add = async (entry: { scope: string; kind: string; text: string }) => void (await at.add(memory, entry, 'untrusted'));
  const pass = server.open({ memory, read: ['project'], write: ['notes'], record: async () => undefined, add });
  const headers = [{ name: 'authorization', value: `Bearer ${token ?? pass.token}` }];
  const tools = await offeredTools([{ type: 'http', name: 'agentnexus', url: pass.url, headers }], ['read']);
  const bench = { root: '/', env: {}, signal: new AbortController().signal };
  const use = (name: string, args: JsonObject) =>
    tools
      .find(({ spec }) => spec.name === name)!
      .plan(args, '/')
      .perform(bench);
  return { tools, use, pass };
}

it('makes tools of what a server offers', async () => {
  const { tools, use } = await offer();
  expect(tools.map(({ spec }) => spec.name)).toEqual(['memory_search', 'memory_add']);
  expect(tools[0]?.plan({ query: 'x' }, '/')).toMatchObject({
    action: { kind: 'other' },
    title: 'memory_search',
    input: { query: 'x' },
  });
  expect(await use('memory_search', { query: 'harbour' })).toContain('The harbour opens at six');
  expect(await use('memory_add', { text: 'Piers are numbered' })).toBe('Remembered in notes.');
});

it('gives refusals, and a server that has gone, to the model', async () => {
  const { use, pass } = await offer();
  await expect(use('memory_add', { text: 'x', scope: 'project' })).rejects.toThrow(ToolError);
  pass.close();
  await expect(use('memory_search', { query: 'harbour' })).rejects.toThrow(ToolError);
});

it('does not begin without a server that it was to have', async () => {
  await expect(offer({ token: 'wrong' })).rejects.toThrow(/does not answer initialize \(401\)/);
});
