import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { createDurably } from '../../base/durable-file.ts';
import { NexusError } from '../../base/errors.ts';
import { SCOPES } from '../app/operation-contracts.ts';
import { openHost } from '../app/host.ts';
import { readOrder } from '../app/read-order.ts';
import { keepResident } from '../app/resident-host.ts';
import { openWorkspace } from '../app/workspace.ts';
import { tokenAuthority } from './principal.ts';
import { serve } from './server.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Serves a workspace until SIGINT or SIGTERM: then nothing new begins, and what runs is left so that it can be resumed. */
export async function runServer(options: Options, root: string): Promise<void> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const address = text('host') ?? '127.0.0.1';
  const tls = readTls(text('tlsCert'), text('tlsKey'));
  refuseOpen(address, tls !== undefined || options['behindProxy'] === true);
  const named = text('workspace');
  const workspace = openWorkspace({ cwd: process.cwd(), ...(named === undefined ? {} : { workspace: named }) });
  const context = { cwd: workspace.dir, workspace: workspace.dir };
  const jobs = text('jobs');
  const host = await openHost(workspace, context, {
    readOrder,
    jobs: jobs === undefined ? undefined : wholeNumber('jobs', jobs),
  });
  const release = keepResident(host);
  try {
    const token = ownToken(join(workspace.dir, 'serve', 'token'));
    const everything = { name: 'token', scopes: new Set(SCOPES) };
    const plane = { host, root, authorities: [tokenAuthority(token.text, everything)] };
    const serving = await serve(plane, { host: address, port: wholeNumber('port', text('port') ?? '4300'), ...(tls && { tls }) });
    process.stderr.write(`Serving ${workspace.dir} at ${serving.url}\nThe token lies in ${token.path}\n`);
    await stopped();
    await serving.close();
  } finally {
    await release();
  }
}

const LOOPBACK = /^(?:127(?:\.\d+){3}|::1|localhost)$/;

/** A token in the clear is everybody's. */
function refuseOpen(address: string, isProtected: boolean): void {
  if (LOOPBACK.test(address) || isProtected) return;
  throw new NexusError('ADDRESS_UNUSABLE', `${address} can be reached from elsewhere, and tokens would go there in the clear.`, {
    hint: 'Give --tls-cert and --tls-key, or --behind-proxy where something in front does TLS.',
    details: { address },
  });
}

function readTls(cert: string | undefined, key: string | undefined): { cert: Buffer; key: Buffer } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new NexusError('USAGE', 'TLS needs a certificate and its key.', { hint: 'Give both --tls-cert and --tls-key.' });
  }
  try {
    return { cert: readFileSync(resolve(cert)), key: readFileSync(resolve(key)) };
  } catch (error) {
    throw new NexusError('USAGE', 'The certificate or its key cannot be read.', { details: { cert, key }, cause: error });
  }
}

/** The token of whoever owns the workspace, made at the first start. */
function ownToken(path: string): { path: string; text: string } {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    createDurably(path, `${randomBytes(32).toString('base64url')}\n`, 0o600);
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new NexusError('KEY_UNUSABLE', `Others can read ${path}.`, { hint: `Run: chmod 600 ${path}`, details: { path } });
  }
  return { path, text: readFileSync(path, 'utf8').trim() };
}

function wholeNumber(name: string, text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(value) && (name !== 'port' || value < 65_536) && (name !== 'jobs' || value > 0)) return value;
  throw new NexusError('USAGE', `--${name} ${text} is no number that can be.`, { hint: `Give a whole number.` });
}

function stopped(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  });
}
