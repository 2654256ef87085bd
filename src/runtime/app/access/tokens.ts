import { userInfo } from 'node:os';

import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { systemIds } from '../../../base/ids.ts';
import type { Entry } from '../../log/entry.ts';
import type { Log } from '../../log/log.ts';
import { findMission } from '../../mission/queries.ts';
import { type Allowance, SCOPES, type Scope, submitterKey } from '../allowance.ts';
import { requireDuration } from '../amounts.ts';
import { withHistory } from '../host/history.ts';
import { openKeys } from '../ledger/keys.ts';
import type { CallContext, Handler } from '../operations.ts';
import { residentHost } from '../host/resident-host.ts';
import { signJwt } from './sign-jwt.ts';
import { mintedKey, revokedKey, TOKEN_TYPE, tokenIssuer } from './token-records.ts';
import { findWorkspace } from '../workspace.ts';
import { withWriterLog } from '../host/with-writer-log.ts';

const NAME = /^[\w.-]{1,64}$/;
const LIFETIME = 300_000;
const LONGEST = 3_600_000;

/** How often power may be lent on. */
const DEPTH = 4;

/**
 * Makes a token for somebody who works for the caller: for a short time, and for less than the caller may, never for more (subset-only delegation). Throws
 * `AUTH_DENIED` for what the caller may not.
 */
export const createToken: Handler<'tokens.create'> = async (input, context) => {
  const { allowance = EVERYTHING, by = userInfo().username } = context;
  if (!NAME.test(input.name)) throw usage(`${input.name} is no name.`, 'Letters, digits, `.`, `_` and `-` make one.');
  const scopes = subsetOf(input.scopes, allowance);
  const missions = await missionsFor(input.missions, { ...context, allowance, by });
  const lenders = [by, ...(allowance.lenders ?? [])];
  if (lenders.length > DEPTH) throw denied('What was lent so often is not lent on.');
  const workspace = findWorkspace(context);
  const now = systemClock.now();
  const expires = Math.min(now + lifetimeOf(input.lifetime), allowance.expires ?? Number.POSITIVE_INFINITY);
  const id = systemIds(systemClock).uuid();
  const name = `${by}/${input.name}`;
  const claims = {
    iss: tokenIssuer(workspace),
    aud: tokenIssuer(workspace),
    sub: name,
    scope: scopes.join(' '),
    ...(missions === undefined ? {} : { missions }),
    lenders,
    ...(allowance.tokens === undefined ? {} : { from: [...allowance.tokens] }),
    jti: id,
    iat: Math.floor(now / 1000),
    exp: Math.floor(expires / 1000),
  };
  const token = signJwt(claims, { key: openKeys(workspace).tokens(), type: TOKEN_TYPE });
  const data = { token: id, name, scopes, ...(missions === undefined ? {} : { missions }), by, expires: claims.exp };
  // Without the writer at hand the token's first use is its entry.
  await residentHost(workspace.dir)?.engine.log.append([{ kind: 'token.minted', data, dedup: mintedKey(id) }]);
  const expiresAt = new Date(claims.exp * 1000).toISOString();
  return { kind: 'Token', id, name, token, scopes, ...(missions === undefined ? {} : { missions }), expiresAt };
};

/** Ends a token, or a login, before its time, and whatever was lent on from a token. Whoever does not run the workspace may end what they have lent, and no other. */
export const revokeToken: Handler<'tokens.revoke'> = async ({ token }, context) => {
  const { allowance = EVERYTHING, by = userInfo().username } = context;
  const workspace = findWorkspace(context);
  await withWriterLog(workspace, async (log) => {
    if (!allowance.scopes.has('workspace:admin')) refuseOthers(log.entryWithKey(mintedKey(token)), by);
    await endToken(log, { token, by });
  });
  return { kind: 'TokenRevoked', id: token };
};

/** From now on it is no longer good, durably. */
export async function endToken(log: Log, { token, by }: { token: string; by: string }): Promise<void> {
  await log.append([{ kind: 'token.revoked', data: { token, by }, dedup: revokedKey(token) }]);
}

const EVERYTHING: Allowance = { scopes: new Set(SCOPES) };

function subsetOf(wanted: readonly Scope[], { scopes }: Allowance): Scope[] {
  const beyond = wanted.filter((scope) => !scopes.has(scope));
  if (beyond.length > 0) throw denied(`Nobody lends what they have not: ${beyond.join(', ')}.`);
  return SCOPES.filter((scope) => wanted.includes(scope));
}

/** Ids of the missions that a token is to be good for; undefined for any. */
async function missionsFor(
  wanted: readonly string[] | undefined,
  { allowance, by, ...context }: CallContext & { allowance: Allowance; by: string },
): Promise<string[] | undefined> {
  const { missions } = allowance;
  if (wanted === undefined) {
    if (missions === undefined) return undefined;
    if (missions === 'own') throw usage('It is not said which missions the token is to be good for.', 'Name them.');
    return [...missions];
  }
  return withHistory(context, ({ log }) =>
    wanted.map((name) => {
      const { id } = findMission(log.db, name);
      const may = missions === 'own' ? log.entryWithKey(submitterKey(id, by)) !== undefined : (missions?.has(id) ?? true);
      if (may) return id;
      throw denied(`Nobody lends what they have not: mission ${name}.`);
    }),
  );
}

function lifetimeOf(text: string | undefined): number {
  const lifetime = text === undefined ? LIFETIME : requireDuration(text);
  if (lifetime >= 1000 && lifetime <= LONGEST) return lifetime;
  throw usage(`A token is not made for ${text ?? ''}.`, 'It is good for an hour at most; make a new one then.');
}

function refuseOthers(minted: Entry | undefined, by: string): void {
  if (minted?.data['by'] !== by) throw denied('The token was lent by somebody else.');
}

function denied(message: string): NexusError {
  return new NexusError('AUTH_DENIED', message, {
    hint: 'A token is for less than its maker may.',
    details: { reason: 'delegation' },
  });
}

function usage(message: string, hint: string): NexusError {
  return new NexusError('USAGE', message, { hint });
}
