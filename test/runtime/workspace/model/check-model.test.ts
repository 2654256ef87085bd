import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { checkModel } from '../../../../src/runtime/workspace/model/check-model.ts';
import { closeBench, scripted } from './model-bench.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await closeBench();
});

async function answering(status: number, body: string, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('a look at a server', () => {
  it('finds the model, with or without a provider behind its name', async () => {
    const model = await scripted([], { models: ['qwen3', 'llama'] });
    const baseUrl = `${model.url}/v1/`;
    expect(await checkModel({ baseUrl, key: 'k', model: 'llama' })).toEqual({
      reachable: true,
      models: ['qwen3', 'llama'],
      hasModel: true,
    });
    expect(await checkModel({ baseUrl, key: 'k', model: 'qwen3:nebius' })).toMatchObject({ hasModel: true });
    expect(await checkModel({ baseUrl, key: 'k', model: 'gpt-5' })).toMatchObject({ reachable: true, hasModel: false });
    expect(model.requests[0]?.headers['authorization']).toBe('Bearer k');
  });

  it('says why a server cannot be used', async () => {
    const gone = await scripted([]);
    await gone.close();
    expect(await checkModel({ baseUrl: `${gone.url}/v1`, key: undefined, model: 'm' })).toMatchObject({
      reachable: false,
      why: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await checkModel({ baseUrl: await answering(401, ''), key: 'k', model: 'm' })).toMatchObject({
      reachable: false,
      why: expect.stringContaining('key'),
    });
    expect(
      await checkModel({ baseUrl: await answering(302, '', { location: 'http://127.0.0.1:1/' }), key: 'k', model: 'm' }),
    ).toMatchObject({ reachable: false });
  });

  it.each([
    [404, ''],
    [200, '<html>'],
    [200, '{}'],
  ])('does not know of a model where there is no list (%i %s)', async (status, body) => {
    expect(await checkModel({ baseUrl: await answering(status, body), key: 'k', model: 'm' })).toEqual({
      reachable: true,
      models: undefined,
      hasModel: undefined,
    });
  });
});
