import { resolve } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { loginByBrowser, loginByDevice, type LoginPlace, renewLogin } from './issuer-login.ts';
import type { Handler } from '../operations.ts';
import { findRemote, keepRemote, readToken, type Remote } from './remotes.ts';

const PATIENCE = 30_000;

/** Logs in at a control plane, and keeps what `--remote` shows it from then on: by its issuer, or with a token. Throws `LOGIN_FAILED`. */
export const loginRemote: Handler<'remote.login'> = async ({ name, device = false, tokenFile }, { cwd, onNotice, drain }) => {
  const { url } = findRemote(name);
  const asking = { tell: onNotice ?? (() => undefined), signal: drain };
  const place = tokenFile === undefined ? await placeOf(url) : undefined;
  const how = device ? loginByDevice : loginByBrowser;
  const login = place === undefined ? { token: readToken(resolve(cwd, tokenFile ?? '')) } : await how(place, asking);
  const remote: Remote = { name, url, ...login };
  const { name: who, expiresAt } = await session(remote);
  keepRemote(remote);
  return {
    kind: 'RemoteLogin',
    name,
    url,
    as: typeof who === 'string' ? who : '',
    expiresAt: typeof expiresAt === 'string' ? expiresAt : null,
    renewed: remote.refresh !== undefined,
  };
};

/** The remote with a new token, which is kept; undefined if its login cannot be renewed. */
export async function renewed({ refresh, ...remote }: Remote): Promise<Remote | undefined> {
  if (refresh === undefined) return undefined;
  try {
    const again: Remote = { ...remote, ...(await renewLogin(refresh)) };
    keepRemote(again);
    return again;
  } catch (error) {
    if (error instanceof NexusError) return undefined;
    throw error;
  }
}

async function placeOf(url: string): Promise<LoginPlace> {
  const { login } = await session({ url });
  const { issuer } = isJsonObject(login) ? login : {};
  if (!isJsonObject(issuer) || typeof issuer['issuer'] !== 'string' || typeof issuer['clientId'] !== 'string') {
    throw new NexusError('LOGIN_FAILED', 'The control plane has no login.', { hint: 'Give a token of it: --token-file FILE.' });
  }
  const scopes = Array.isArray(issuer['scopes']) ? issuer['scopes'].filter((each) => typeof each === 'string') : ['openid'];
  return { issuer: issuer['issuer'], clientId: issuer['clientId'], scopes };
}

/** How things stand at a control plane: who its token says that one is, and how one can log in. */
async function session({ url, token }: Pick<Remote, 'url' | 'token'>): Promise<JsonObject> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(`${url}/v1/session`, { headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new NexusError('REMOTE_UNREACHABLE', `${url} cannot be spoken to: ${messageOf(error)}.`, {
      hint: 'See that `agentnexus serve` runs there.',
      cause: error,
    });
  }
  const value = parsedJson(await response.text());
  const told = isJsonObject(value) ? value : {};
  if (response.ok && told['kind'] === 'Session') return told;
  const { title } = told;
  throw new NexusError('LOGIN_FAILED', typeof title === 'string' ? title : `It answers with status ${response.status}.`, {
    hint: 'Ask whoever runs the control plane what you may.',
  });
}
