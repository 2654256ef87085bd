import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALL, ServerBench } from '../runtime/serve/server-bench.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

let peer: Peer;
let bench: ServerBench;
beforeAll(async () => {
  peer = await findPeer('grpcurl');
  bench = await ServerBench.open();
}, PEER_TIMEOUT);
afterAll(async () => bench.remove());

/** What grpcurl prints; it knows of the server only what reflection says. */
async function grpcurl(path: string, args: readonly string[]): Promise<string> {
  const token = ['-H', `authorization: Bearer ${ALL}`];
  const { stdout } = await runTool(path, ['-plaintext', ...token, ...args]);
  return stdout;
}

describe('grpcurl', () => {
  it('finds every service and its methods by reflection', async (context) => {
    const path = needPeer(context, peer);
    const address = new URL(bench.url).host;
    expect((await grpcurl(path, [address, 'list'])).trim().split('\n')).toEqual([
      'agentnexus.v1.MissionService',
      'agentnexus.v1.OperationService',
      'agentnexus.v1.SpecificationService',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'workspace.SessionService',
    ]);
    expect(await grpcurl(path, [address, 'describe', 'workspace.SessionService'])).toContain(
      'rpc WatchSessions ( .workspace.WatchSessionsRequest ) returns ( stream .workspace.WatchSessionsResponse );',
    );
  });

  it('calls, and reads events until its time is up', async (context) => {
    const path = needPeer(context, peer);
    const address = new URL(bench.url).host;
    const called = await grpcurl(path, [
      '-d',
      '{"operation":"missions"}',
      address,
      'agentnexus.v1.OperationService/CallOperation',
    ]);
    expect(JSON.parse(called)).toMatchObject({ document: { kind: 'MissionList', items: [] } });
    const writing = setInterval(() => void bench.write(1), 50);
    const watched = await grpcurl(path, ['-max-time', '2', address, 'agentnexus.v1.MissionService/WatchEvents']).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    clearInterval(writing);
    expect(watched).toMatchObject({ stderr: expect.stringContaining('DeadlineExceeded') });
    expect(watched).toMatchObject({ stdout: expect.stringContaining('dev.agentnexus.test.note') });
    const refused = await grpcurl(path, ['-d', '{"mission":"nope"}', address, 'agentnexus.v1.MissionService/GetMission']).catch(
      (error: { stderr: string }) => error.stderr,
    );
    expect(refused).toContain('Code: NotFound');
    expect(refused).toContain('NOT_FOUND');
  });
});
