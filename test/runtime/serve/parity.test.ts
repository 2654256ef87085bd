import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONTRACTS } from '../../../src/runtime/app/operation-contracts.ts';
import type { OperationName } from '../../../src/runtime/app/operations.ts';
import { serveMcp } from '../../../src/runtime/serve/mcp/mcp-server.ts';
import { toolsOf } from '../../../src/runtime/serve/mcp/tools.ts';
import { Placeless } from '../../../src/runtime/serve/placeless.ts';
import { ROUTES } from '../../../src/runtime/serve/routes.ts';
import { GrpcClient, jsonOf, structOf } from './grpc-client.ts';
import { ALL, ServerBench } from './server-bench.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NAMES = Object.keys(CONTRACTS) as OperationName[];

let bench: ServerBench;
let client: GrpcClient;
let mission: string;
beforeAll(async () => {
  bench = await ServerBench.open();
  client = new GrpcClient(new URL(bench.url).host, ALL);
  const { body } = await bench.post('/v1/missions', { specification: await bench.send() });
  mission = body.id;
  await bench.ended(mission);
  // Signed now, so that no answer has a later head than another.
  bench.host.engine.log.checkpoint();
}, 240_000);
afterAll(async () => {
  client.close();
  await bench.remove();
});

describe('every operation', () => {
  const remote = NAMES.filter((name) => CONTRACTS[name].local === undefined);
  /** Not for agents: what only whoever runs the server may. */
  const isForPeople = (name: OperationName): boolean => ['workspace:admin', 'tokens:write'].includes(CONTRACTS[name].scope);
  /** Reached by addresses of their own. */
  const APART: readonly OperationName[] = ['apply'];

  it('has a command', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as { commands: object };
    // `agentnexus probe` is a command of the server's own command line.
    const without = NAMES.filter((name) => !(name.replace('.', ':') in manifest.commands) && name !== 'probe');
    expect(without).toEqual([]);
  });

  it('has a route, unless it is for whoever sits at the machine', () => {
    const routed = new Set<string>([...ROUTES.map(({ operation }) => operation), ...APART]);
    expect(remote.filter((name) => !routed.has(name))).toEqual([]);
  });

  it('is called by gRPC, wherever REST has it', async () => {
    const { operations } = await client.unary('agentnexus.v1.OperationService/ListOperations', {});
    expect([...new Set(operations.map(({ name }) => name))].sort()).toEqual([...remote].sort());
  });

  it('is a tool of coding agents, unless it is for people', () => {
    const tools = new Set([...toolsOf({ decides: true }).values()].map(({ operation }) => operation));
    expect(remote.filter((name) => !tools.has(name) && !isForPeople(name))).toEqual([]);
  });
});

describe('the same call', () => {
  interface Call {
    /** As REST has it: what stands in the path too. */
    remote: Record<string, string | number>;
    /** As the operation has it. */
    local?: Record<string, string | number>;
    words: (string | number)[];
  }

  const calls = (): Partial<Record<OperationName, Call>> => ({
    missions: { remote: {}, words: ['missions'] },
    status: { remote: { mission }, words: ['status', mission] },
    logs: { remote: { mission }, words: ['logs', mission] },
    explain: { remote: { mission, task: 'contract:note' }, words: ['explain', mission, 'contract:note'] },
    'evidence.list': { remote: { mission }, words: ['evidence', 'list', mission] },
    'evidence.show': {
      remote: { mission, artifact: 'package.json' },
      words: ['evidence', 'show', 'package.json', mission],
    },
    verify: { remote: { mission }, local: { target: mission }, words: ['verify', mission] },
    'ledger.checkpoint': { remote: {}, words: ['ledger', 'checkpoint'] },
    'ledger.prove': { remote: { seq: 0 }, words: ['ledger', 'prove', '0'] },
  });

  it('has the same answer by the command line, REST, gRPC and MCP', { timeout: 240_000 }, async () => {
    for (const [name, { remote, local = remote, words }] of Object.entries(calls()) as [OperationName, Call][]) {
      const rest = await byRest(name, remote);
      const { document } = await client.unary('agentnexus.v1.OperationService/CallOperation', {
        operation: name,
        input: structOf(remote),
      });
      expect([name, jsonOf(document)]).toEqual([name, rest]);
      expect([name, await byMcp(name, local)]).toEqual([name, rest]);
      expect([name, await byCommand(words)]).toEqual([name, rest]);
    }
  });

  async function byRest(name: OperationName, input: Call['remote']): Promise<object> {
    const route = ROUTES.find(({ operation }) => operation === name)!;
    const path = route.path.replaceAll(/:(\w+)/g, (_, param: string) => encodeURIComponent(String(input[param])));
    const { status, body } = await bench.ask(path, { method: route.method });
    expect([name, status]).toEqual([name, 200]);
    return body;
  }

  async function byMcp(name: OperationName, input: object): Promise<unknown> {
    const [requests, answers] = [new PassThrough(), new PassThrough()];
    const { dir } = bench.host.engine.workspace;
    const serving = serveMcp({ context: { cwd: dir, workspace: dir }, decides: false, input: requests, output: answers });
    const params = { name: name.replaceAll('.', '_'), arguments: input };
    requests.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })}\n`);
    const heard = new Promise<string>((resolve) => answers.once('data', (data: Buffer) => resolve(data.toString('utf8'))));
    const { result } = JSON.parse(await heard) as { result: { structuredContent: object } };
    await serving;
    return placeless(result.structuredContent);
  }

  async function byCommand(words: readonly (string | number)[]): Promise<unknown> {
    const { dir } = bench.host.engine.workspace;
    const args = [join(ROOT, 'bin/spec-kit.js'), ...words.map(String), '--json', '--workspace', dir];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: bench.dir, maxBuffer: 64 * 1_048_576 });
    return placeless(JSON.parse(stdout));
  }

  /** As it is said to others. */
  const placeless = (document: unknown): unknown =>
    JSON.parse(new Placeless(bench.host.engine.workspace).text(JSON.stringify(document)));
});
