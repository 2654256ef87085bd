import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { systemClock } from '../../base/clock.ts';
import { createDurably } from '../../base/durable-file.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { SCOPES } from '../app/allowance.ts';
import { openHost } from '../app/host/host.ts';
import { readOrder } from '../app/host/read-order.ts';
import { keepResident } from '../app/host/resident-host.ts';
import { openWorkspace, workspaceDir } from '../app/workspace.ts';
import { tokenAuthority } from './principal.ts';
import { openAccess } from './auth/open-access.ts';
import { readNamed, readServerConfig, type ServerConfig } from './auth/server-config.ts';
import { serve } from './server.ts';
import type { ServerTls } from './server-tls.ts';
import { RateLimits } from './traffic/rate-limits.ts';
import { leaveMissions, takeUpMissions } from './take-up.ts';
import { keepTidy } from './tidy-uploads.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Serves a workspace until SIGINT or SIGTERM: then nothing new begins, and what runs is left so that it can be resumed. */
export async function runServer(options: Options, root: string): Promise<void> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const named = text('workspace');
  const here = { cwd: process.cwd(), ...(named === undefined ? {} : { workspace: named }) };
  const config = readServerConfig(text('config'), join(workspaceDir(here), 'serve', 'agentnexus.yaml'));
  const address = text('host') ?? config.listen?.host ?? '127.0.0.1';
  const tls = readTls(text('tlsCert'), text('tlsKey'), config);
  const behindProxy = options['behindProxy'] === true || config.listen?.behindProxy === true;
  refuseOpen(address, tls !== undefined || behindProxy);
  const workspace = openWorkspace(here);
  const context = { cwd: workspace.dir, workspace: workspace.dir };
  const jobs = text('jobs');
  const host = await openHost(workspace, context, {
    readOrder,
    jobs: jobs === undefined ? undefined : wholeNumber('jobs', jobs),
    pools: config.workers,
  });
  const release = keepResident(host);
  try {
    const token = ownToken(join(workspace.dir, 'serve', 'token'));
    const everything = { name: 'token', scopes: new Set(SCOPES) };
    const secure = tls !== undefined || behindProxy || config.listen?.publicUrl?.startsWith('https:') === true;
    const { authorities, access } = openAccess(config, { engine: host.engine, secure, onTrouble: warner() });
    const rate = wholeNumber('rate-limit', text('rateLimit') ?? '5000');
    const limits = rate === 0 ? undefined : new RateLimits(systemClock, rate);
    const owner = tokenAuthority(token.text, everything);
    const plane = {
      host,
      root,
      authorities: [owner, ...authorities],
      access: { ...access, limits },
      ledger: { isPublic: options['publicLedger'] === true },
    };
    const port = wholeNumber('port', text('port') ?? String(config.listen?.port ?? 4300));
    const serving = await serve(plane, { host: address, port, ...(tls && { tls }) });
    process.stderr.write(`Serving ${workspace.dir} at ${serving.url}\nThe token lies in ${token.path}\n`);
    void takeUpMissions(host, (mission, error) => {
      process.stderr.write(`Mission ${mission} cannot be gone on with: ${messageOf(error)}\n`);
    });
    const tidy = keepTidy(host, config.uploads, warner());
    await stopped();
    await leaveMissions(host);
    await serving.close();
    await tidy.end();
  } finally {
    await release();
  }
}

/** A token in the clear is everybody's. */
function refuseOpen(address: string, isProtected: boolean): void {
  if (isLoopback(address) || isProtected) return;
  throw new NexusError('ADDRESS_UNUSABLE', `${address} can be reached from elsewhere, and tokens would go there in the clear.`, {
    hint: 'Give --tls-cert and --tls-key, or --behind-proxy where something in front does TLS.',
    details: { address },
  });
}

/** Says what is wrong once, until something else is. */
function warner(): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) process.stderr.write(`${message}\n`);
    last = message;
  };
}

/** What flags say comes first; certificates of clients are asked for where the configuration says whom they may come from. */
function readTls(cert: string | undefined, key: string | undefined, config: ServerConfig): ServerTls | undefined {
  if ((cert === undefined) !== (key === undefined)) {
    throw new NexusError('USAGE', 'TLS needs a certificate and its key.', { hint: 'Give both --tls-cert and --tls-key.' });
  }
  const own = cert === undefined || key === undefined ? undefined : { cert: read(cert), key: read(key) };
  const { tls } = config;
  if (tls === undefined) return own;
  const said = own ?? { cert: readNamed(config, tls.cert), key: readNamed(config, tls.key) };
  if (tls.clients === undefined) return said;
  const { ca, required = false } = tls.clients;
  return { ...said, ca: readNamed(config, ca), requestCert: true, rejectUnauthorized: required };
}

function read(file: string): Buffer {
  try {
    return readFileSync(resolve(file));
  } catch (error) {
    throw new NexusError('USAGE', 'The certificate or its key cannot be read.', { details: { file }, cause: error });
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
