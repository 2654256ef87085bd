import { PassThrough } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { call } from '../../../src/runtime/app/call.ts';
import { serveMcp } from '../../../src/runtime/serve/mcp/mcp-server.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app/app-bench.ts';

interface Message {
  id?: number;
  method?: string;
  params?: { progress: number };
  error?: { code: number };
  result?: {
    protocolVersion?: string;
    tools?: { name: string; inputSchema: { properties: object }; annotations: { readOnlyHint: boolean } }[];
    isError?: boolean;
    structuredContent?: { kind: string; code?: string; id?: string };
  };
}

let bench: AppBench;
beforeEach(async () => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
  bench.write('notes.md', '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID }`\n');
});
afterEach(() => bench.remove());

/** Says these messages, and gives all that comes back before the server has ended. */
async function talk(messages: readonly (object | string)[], { decides = false } = {}): Promise<Message[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const heard: Buffer[] = [];
  output.on('data', (data: Buffer) => heard.push(data));
  const context = { cwd: bench.dir, workspace: bench.workspace };
  const serving = serveMcp({ context, decides, input, output });
  for (const message of messages)
    input.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const wanted = messages.filter((message) => typeof message === 'object' && 'id' in message).length;
  const answers = () => parse(heard).filter(({ id }) => id !== undefined).length;
  while (answers() < wanted) await new Promise((resolve) => setTimeout(resolve, 20));
  input.end();
  await serving;
  return parse(heard);
}

const parse = (heard: Buffer[]): Message[] =>
  Buffer.concat(heard)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Message);

const tool = (id: number, name: string, args: object, meta?: object) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) },
});

describe('the MCP server', () => {
  it('offers operations as tools, and what people decide only when told to', async () => {
    const greeting = { id: 1, method: 'initialize', params: { protocolVersion: '2025-03-26' } };
    const [hello, list] = await talk([greeting, { method: 'notifications/initialized' }, { id: 2, method: 'tools/list' }]);
    expect(hello?.result?.protocolVersion).toBe('2025-03-26');
    const tools = new Map(list?.result?.tools?.map((each) => [each.name, each]));
    expect([...tools.keys()]).toEqual(expect.arrayContaining(['plan', 'apply', 'status', 'evidence_show', 'verify']));
    for (const name of ['approve', 'reject', 'doctor', 'init', 'cache_prune', 'qa_run'])
      expect(tools.has(name), name).toBe(false);
    expect(tools.get('plan')?.annotations.readOnlyHint).toBe(true);
    expect(tools.get('apply')?.annotations.readOnlyHint).toBe(false);
    expect(Object.keys(tools.get('report')?.inputSchema.properties ?? {})).not.toContain('out');
    const [more] = await talk([{ id: 2, method: 'tools/list' }], { decides: true });
    const all = more?.result?.tools?.map(({ name }) => name);
    expect(all).toEqual(expect.arrayContaining(['approve', 'reject']));
    expect(all?.filter((name) => name.startsWith('tokens'))).toEqual([]);
  });

  it('runs a mission, tells how far it is, and proves it', { timeout: 120_000 }, async () => {
    const messages = await talk([tool(1, 'apply', { bundle: 'notes.md' }, { progressToken: 'p' })]);
    expect(messages.at(-1)?.result).toMatchObject({ isError: false, structuredContent: { kind: 'Mission', state: 'succeeded' } });
    const progress = messages.flatMap(({ method, params }) =>
      method === 'notifications/progress' ? [params?.progress ?? -1] : [],
    );
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const [verified] = await talk([tool(1, 'verify', {})]);
    expect(verified?.result?.structuredContent).toMatchObject({ kind: 'Verification', result: 'verified' });
  });

  it('says of what a tool has approved that an agent did', { timeout: 120_000 }, async () => {
    const apply = tool(1, 'apply', { bundle: 'notes.md', requireApproval: ['gate'] });
    const [waits] = (await talk([apply])).slice(-1);
    expect(waits?.result?.structuredContent).toMatchObject({ state: 'waiting' });
    const said = await talk([tool(1, 'approve', { mission: 'latest', task: 'gate' })], { decides: true });
    expect(said.at(-1)?.result).toMatchObject({ isError: false });
    await talk([tool(1, 'resume', { mission: 'latest' })]);
    const context = { cwd: bench.dir, workspace: bench.workspace };
    expect(await call('policy.eval', { mission: 'latest', showInput: true }, context)).toMatchObject({
      document: { approvals: [{ name: 'gate.approval', predicate: { approver: { actor: 'agent', face: 'mcp' } } }] },
    });
  });

  it('refuses scripts, files to write, and what is no tool', async () => {
    const answers = await talk([
      tool(1, 'apply', { bundle: 'spec', agent: 'script:script.yaml' }),
      tool(2, 'report', { mission: 'latest', format: 'html', out: '/tmp/x' }),
      tool(3, 'plan', { bundle: 'spec', odd: 1 }),
      tool(4, 'approve', { mission: 'latest', task: 'x' }),
      tool(5, 'plan', { bundle: 'nowhere' }),
      { id: 6, method: 'resources/list' },
      'no JSON',
    ]);
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const code = (id: number) => byId.get(id)?.result?.structuredContent?.code;
    expect([1, 2, 3, 5].map(code)).toEqual(['AUTH_DENIED', 'USAGE', 'USAGE', 'BUNDLE_NOT_FOUND']);
    expect(byId.get(1)?.result?.isError).toBe(true);
    expect([4, 6].map((id) => byId.get(id)?.error?.code)).toEqual([-32_602, -32_601]);
    expect(answers.map(({ error }) => error?.code)).toContain(-32_700);
  });
});
