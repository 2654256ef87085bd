import { createHash, timingSafeEqual } from 'node:crypto';

import { systemClock } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import type { Allowance, Scope } from '../app/allowance.ts';

/** Who asks, and what they may. */
export interface Principal extends Allowance {
  /** What the log calls them. */
  name: string;
}

/** Tells who a bearer token belongs to; undefined if it is no token of its own. Throws `AUTH_MISSING` for one that is no longer good. */
export interface Authority {
  principalOf(token: string): Promise<Principal | undefined> | Principal | undefined;
}

/** One fixed token: for a laptop, where nobody issues others. */
export function tokenAuthority(token: string, principal: Principal): Authority {
  const wanted = hashOf(token);
  return { principalOf: (given) => (timingSafeEqual(hashOf(given), wanted) ? principal : undefined) };
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who sends this `Authorization` header (RFC 6750). Throws `AUTH_MISSING`. */
export async function authenticate(header: string | undefined, authorities: readonly Authority[]): Promise<Principal> {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw unknownCaller('No bearer token was sent.', 'no token');
  return principalOf(token, authorities);
}

export async function principalOf(token: string, authorities: readonly Authority[]): Promise<Principal> {
  for (const authority of authorities) {
    const principal = await authority.principalOf(token);
    if (principal !== undefined) return principal;
  }
  throw unknownCaller('The token is not known here.', 'unknown token');
}

/** Throws `AUTH_DENIED`. */
export function demand({ name, scopes }: Principal, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new NexusError('AUTH_DENIED', `${name} may not do this: it needs the scope ${scope}.`, {
    hint: 'Ask whoever runs the server for a token with that scope.',
    details: { scope, reason: 'scope' },
  });
}

/** `reason`: in a few words, for the log. */
export function unknownCaller(message: string, reason: string): NexusError {
  return new NexusError('AUTH_MISSING', message, {
    hint: 'Send `Authorization: Bearer TOKEN`; `agentnexus serve` says where its token lies.',
    details: { reason },
  });
}

/** What is streamed ends with the signal, or when that by which it was asked for is no longer good. */
export function whileGood({ expires }: Principal, signal: AbortSignal): AbortSignal {
  if (expires === undefined) return signal;
  const left = Math.min(Math.max(expires - systemClock.now(), 0), 2 ** 31 - 1);
  return AbortSignal.any([signal, AbortSignal.timeout(left)]);
}
