import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { writeDurably } from '../../../base/durable-file.ts';
import { NexusError } from '../../../base/errors.ts';
import { isLoopback } from '../../../base/loopback.ts';
import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { readConfig } from '../config.ts';
import type { Handler } from '../operations.ts';

/** By which a new token is had when the old one is over. */
export interface Refresh {
  token: string;
  endpoint: string;
  clientId: string;
}

/** A control plane that missions can be sent to. */
export interface Remote {
  name: string;
  /** Without a slash at its end. */
  url: string;
  /** What it is shown; there is none before a login. */
  token?: string;
  /** By which a login is renewed. */
  refresh?: Refresh;
}

const NAME = /^[\w.-]{1,64}$/;

/** Where remotes are kept: in the user's configuration, since tokens are in it; never in a workspace. */
export function findRemote(name: string): Remote {
  const remote = read().find((each) => each.name === name);
  if (remote !== undefined) return remote;
  throw new NexusError('NOT_FOUND', `There is no remote ${name}.`, {
    hint: '`spec-kit remote list` lists them; `spec-kit remote add NAME URL` adds one.',
    details: { remote: name },
  });
}

export const listRemotes: Handler<'remote.list'> = async () => view();

/** Adds a remote, or replaces the one of that name. Throws `USAGE`. */
export const addRemote: Handler<'remote.add'> = async ({ name, url, tokenFile }, { cwd }) => {
  if (!NAME.test(name)) throw usage(`${name} is no name for a remote.`, 'Letters, digits, `.`, `_` and `-` make one.');
  const token = tokenFile === undefined ? {} : { token: readToken(resolve(cwd, tokenFile)) };
  keepRemote({ name, url: addressOf(url), ...token });
  return view();
};

/** Keeps a remote in the place of the one of that name. */
export function keepRemote(remote: Remote): void {
  write([...read().filter((each) => each.name !== remote.name), remote]);
}

export const removeRemote: Handler<'remote.remove'> = async ({ name }) => {
  findRemote(name);
  write(read().filter((each) => each.name !== name));
  return view();
};

function view(): { kind: 'RemoteList'; items: { name: string; url: string }[] } {
  return { kind: 'RemoteList', items: read().map(({ name, url }) => ({ name, url })) };
}

/** An address that secrets may go to: over TLS, or to this machine. Throws `USAGE`. */
export function requireSafe(address: string): string {
  const url = URL.parse(address);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return address;
  throw usage(`Secrets would go to ${address} in the clear.`, 'It must be https.');
}

function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw usage(`${text} is no address of a control plane.`, 'It looks like https://agents.example.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw usage(`The token would go to ${url.hostname} in the clear.`, 'Use https.');
  return url.href.replace(/\/+$/, '');
}

/** The token in a file. Throws `USAGE`. */
export function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new NexusError('USAGE', `The token cannot be read from ${file}.`, { details: { file }, cause: error });
  }
  if (/^[\w.~+/-]+=*$/.test(text)) return text;
  throw usage(`${file} holds no token.`, 'A token is one word.');
}

function read(): Remote[] {
  const path = readConfig().remotes;
  if (!existsSync(path)) return [];
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new NexusError('KEY_UNUSABLE', `Others can read ${path}.`, { hint: `Run: chmod 600 ${path}`, details: { path } });
  }
  const value: unknown = parsedJson(readFileSync(path, 'utf8'));
  const items = isJsonObject(value) && Array.isArray(value['remotes']) ? value['remotes'] : undefined;
  if (items === undefined) {
    throw new NexusError('CONFIG_INVALID', `${path} cannot be read.`, {
      hint: 'Remove it, and add the remotes again.',
      details: { path },
    });
  }
  return items.flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const { name, url, token, refresh } = item;
    if (typeof name !== 'string' || typeof url !== 'string') return [];
    return [{ name, url, ...(typeof token === 'string' ? { token } : {}), ...refreshIn(refresh) }];
  });
}

function refreshIn(value: JsonValue | undefined): Pick<Remote, 'refresh'> {
  if (!isJsonObject(value)) return {};
  const { token, endpoint, clientId } = value;
  const isWhole = typeof token === 'string' && typeof endpoint === 'string' && typeof clientId === 'string';
  return isWhole ? { refresh: { token, endpoint, clientId } } : {};
}

function write(remotes: readonly Remote[]): void {
  const path = readConfig().remotes;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeDurably(path, `${JSON.stringify({ remotes }, null, 2)}\n`, 0o600);
}

function usage(message: string, hint: string): NexusError {
  return new NexusError('USAGE', message, { hint });
}
