import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemCode } from '../../../base/errors.ts';

/**
 * Listens on a free port of 127.0.0.2: sandboxes keep 127.0.0.1 for what agents say to themselves, so the way to the gateway needs an address of its
 * own. Systems that have only 127.0.0.1 (macOS without an alias) get that one.
 */
export async function listenOnLoopback(server: Server): Promise<string> {
  const own = await listen(server, '127.0.0.2').catch((error: unknown) => {
    if (systemCode(error) !== 'EADDRNOTAVAIL') throw error;
    return undefined;
  });
  return own ?? listen(server, '127.0.0.1');
}

function listen(server: Server, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      server.off('error', reject);
      resolve(`${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}
