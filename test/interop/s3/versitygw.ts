import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../support/free-port.ts';
import { findPeer } from '../peers.ts';
import { ACCESS, answers, SECRET, type S3Server } from './s3-server.ts';

/** Versity's gateway on loopback, over a folder of its own. */
export async function startVersitygw(): Promise<S3Server> {
  const peer = await findPeer('versitygw');
  if ('missing' in peer) return peer;
  const dir = mkdtempSync(join(tmpdir(), 'versitygw-'));
  for (const name of ['data', 'versions', 'meta']) mkdirSync(join(dir, name));
  const port = await freePort();
  const flags = ['--port', `127.0.0.1:${port}`, '--access', ACCESS, '--secret', SECRET, '--quiet'];
  const store = ['--versioning-dir', join(dir, 'versions'), '--sidecar', join(dir, 'meta'), join(dir, 'data')];
  const child = spawn(peer.path, [...flags, 'posix', ...store], { stdio: 'ignore' });
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  if (await answers(endpoint, 20_000)) return { endpoint, stop };
  stop();
  return { missing: 'versitygw does not answer' };
}
