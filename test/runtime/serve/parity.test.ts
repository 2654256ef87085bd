import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';

import { status as grpc } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { manifestDigest, MANIFEST_TYPE } from '../../../src/runtime/app/source/bundle-manifest.ts';
import { CONTRACTS } from '../../../src/runtime/app/operation-contracts.ts';
import type { OperationName } from '../../../src/runtime/app/operations.ts';
import { serveMcp } from '../../../src/runtime/serve/mcp/mcp-server.ts';
import { toolsOf } from '../../../src/runtime/serve/mcp/tools.ts';
import { Placeless } from '../../../src/runtime/serve/placeless.ts';
import { ROUTES } from '../../../src/runtime/serve/routes.ts';
import { GrpcClient, jsonOf, structOf } from './grpc-client.ts';
import { ALL, ServerBench, SPEC } from './server-bench.ts';

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

describe('a specification of several files', () => {
  const texts = [SPEC, SPEC.replaceAll('Note', 'Parcel')];
  const files = texts.map((text, at) => ({ path: `part-${at}/spec.md`, digest: sha256(text), size: Buffer.byteLength(text) }));
  const manifest = { name: 'several', files };

  it('is sent by REST, gRPC and MCP, and is the same one', { timeout: 60_000 }, async () => {
    const service = 'agentnexus.v1.SpecificationService';
    const first = await client.unary(`${service}/SendManifest`, manifest);
    expect(first).toMatchObject({
      digest: manifestDigest(manifest),
      missing: files.map(({ digest }) => digest),
      validation: null,
    });
    for (const [at, text] of texts.entries()) {
      const content = Buffer.from(text);
      const pieces = [
        { specification: first.digest, digest: files[at]?.digest, content: content.subarray(0, 9) },
        { content: content.subarray(9) },
      ];
      await client.upload(`${service}/SendContent`, pieces);
    }
    const whole = await client.unary(`${service}/SendManifest`, manifest);
    expect([whole.digest, whole.missing]).toEqual([first.digest, []]);

    const init = { method: 'POST', headers: { 'content-type': MANIFEST_TYPE }, body: JSON.stringify(manifest) };
    const { status, body } = await bench.ask('/v1/specifications', init);
    expect([status, body.upload]).toEqual([201, first.digest]);
    expect(jsonOf(whole.validation)).toEqual({ ...body, upload: undefined });

    const inline = files.map(({ path }, at) => ({ path, content: texts[at] }));
    const { result } = await mcp('specification_send', { name: 'several', files: inline });
    expect(result.structuredContent).toMatchObject({ kind: 'Validation', upload: first.digest });
    const other = await mcp('specification_send', { name: 'other', files: inline });
    expect((await bench.post('/v1/missions', { specification: other.result.structuredContent['upload'] })).status).toBe(201);
  });

  it('is refused alike: what leads out, what was not asked for, what is none', async () => {
    const out = { name: 'out', files: [{ ...files[0], path: '../spec.md' }] };
    await expect(client.unary('agentnexus.v1.SpecificationService/SendManifest', out)).rejects.toMatchObject({
      code: grpc.INVALID_ARGUMENT,
    });
    const pieces = [{ specification: manifestDigest(manifest), digest: sha256('x'), content: Buffer.from('x') }];
    await expect(client.upload('agentnexus.v1.SpecificationService/SendContent', pieces)).rejects.toMatchObject({
      code: grpc.NOT_FOUND,
    });
    for (const given of [{ files: [{ path: '../spec.md', content: SPEC }] }, { files: [] }, { files: ['spec.md'] }, {}]) {
      const { result } = await mcp('specification_send', given);
      expect([given, result.isError]).toEqual([given, true]);
    }
  });

  async function mcp(
    name: string,
    given: object,
  ): Promise<{ result: { isError?: boolean; structuredContent: Record<string, string> } }> {
    const response = await fetch(`${bench.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${ALL}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } }),
    });
    return (await response.json()) as Awaited<ReturnType<typeof mcp>>;
  }
});
