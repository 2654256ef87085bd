import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { missing, npmPeer } from './peer-folder.ts';
import type { StepChain } from './step-chain.ts';

const PACKAGES = { '@restatedev/restate-server': '1', '@restatedev/restate-sdk': '1' };
const SERVICE = join(import.meta.dirname, 'restate-entry.ts');

/** A Restate server and a service of it, both listening at the loopback address only; a step is a `ctx.run`. */
export async function startRestate(): Promise<StepChain | undefined> {
  const folder = npmPeer('restate', PACKAGES);
  if (folder === undefined) return undefined;
  const [binary] = globSync(join(folder, 'node_modules/@restatedev/restate-server-*/bin/restate-server'));
  if (binary === undefined || !existsSync(binary)) {
    missing('restate', 'it has no server for this platform');
    return undefined;
  }
  const data = mkdtempSync(join(tmpdir(), 'bench-restate-'));
  const [ingress, admin, fabric] = [await freePort(), await freePort(), await freePort()];
  const server = new Child(binary, ['--no-logo', '--listen-mode', 'tcp', '--base-dir', data], {
    env: {
      RUST_LOG: 'error',
      DO_NOT_TRACK: '1',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${fabric}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${fabric}/`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    },
  });
  const service = new Child(process.execPath, [SERVICE, folder]);
  const close = async (): Promise<void> => {
    await Promise.all([server.stop('SIGKILL'), service.stop()]);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await post(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${await service.nextLine()}` }, 60);
    const run = async (steps: number): Promise<number> =>
      Number(await post(`http://127.0.0.1:${ingress}/chain/run`, { steps }, 20));
    return { run, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Asks until it is answered: the server takes some seconds to start. */
async function post(url: string, body: object, attempts: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const signal = AbortSignal.timeout(120_000);
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
      const text = await response.text();
      if (response.ok) return text;
      throw new Error(`${url} answered ${response.status}: ${text}`);
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(500);
    }
  }
}
