import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FaultProxy } from '../../../../src/runtime/qa/chaos/fault-proxy.ts';
import { freePort } from '../../../support/free-port.ts';
import { converse, startEcho } from './tcp-service.ts';

let echo: Awaited<ReturnType<typeof startEcho>>;
let proxy: FaultProxy;
let port: number;
beforeEach(async () => {
  echo = await startEcho();
  proxy = new FaultProxy({ listen: 0, host: '127.0.0.1', port: echo.port });
  port = await proxy.open();
});
afterEach(async () => {
  await proxy.close();
  await echo.close();
});

describe('a proxy between a client and a service', () => {
  it('hands on what comes, large things too', async () => {
    const text = 'parcel '.repeat(100_000);
    const { heard, end } = await converse(port, text);
    expect(end).toBe('end');
    expect(heard === text).toBe(true);
  });

  it('takes longer, each way', async () => {
    proxy.set({ latencyMs: 60 });
    const { heard, ms } = await converse(port, 'hello');
    expect(heard).toBe('hello');
    // Not how fast it is, but that what was asked for is done.
    expect(ms).toBeGreaterThanOrEqual(115);
  });

  it('cuts connections, and makes none until it is told to', async () => {
    proxy.set({ cut: true });
    expect((await converse(port, 'hello')).heard).toBe('');
    proxy.set({});
    expect((await converse(port, 'hello')).heard).toBe('hello');
  });

  it('cuts those that there are', async () => {
    proxy.set({ latencyMs: 10_000 });
    const waiting = converse(port, 'hello');
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.set({ cut: true });
    expect(await waiting).toMatchObject({ heard: '', end: 'ECONNRESET' });
  });

  it('resets after so many bytes, and lets no more pass', async () => {
    proxy.set({ resetAfter: 1000 });
    const { heard, end } = await converse(port, 'x'.repeat(50_000));
    expect(end).toBe('ECONNRESET');
    expect(heard.length).toBeLessThanOrEqual(1000);
  });

  it('lets so many bytes a second pass', async () => {
    proxy.set({ bandwidth: 20_000 });
    const { heard, ms } = await converse(port, 'x'.repeat(2000));
    expect(heard).toHaveLength(2000);
    expect(ms).toBeGreaterThanOrEqual(90);
  });

  it('resets the client of a service that is not there', async () => {
    const lonely = new FaultProxy({ listen: 0, host: '127.0.0.1', port: await freePort() });
    expect((await converse(await lonely.open(), 'hello')).heard).toBe('');
    await lonely.close();
  });
});
