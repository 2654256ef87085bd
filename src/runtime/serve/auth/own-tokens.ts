import { createPublicKey, type KeyObject } from 'node:crypto';

import { errors, jwtVerify, type JWTPayload, decodeProtectedHeader } from 'jose';

import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import { SCOPES, type Scope } from '../../app/allowance.ts';
import { mintedKey, revokedKey, TOKEN_TYPE } from '../../app/access/token-records.ts';
import { type Authority, type Principal, unknownCaller } from '../principal.ts';

export interface OwnTokensOptions {
  /** The key that they are signed with. */
  key: KeyObject;
  /** `iss` and `aud`. */
  issuer: string;
  log: Log;
  clock: Clock;
}

/** Takes the tokens that `tokens.create` has made. */
export class OwnTokens implements Authority {
  readonly #options: OwnTokensOptions;
  readonly #key: KeyObject;

  constructor(options: OwnTokensOptions) {
    this.#options = options;
    this.#key = createPublicKey(options.key);
  }

  async principalOf(token: string): Promise<Principal | undefined> {
    if (typeOf(token) !== TOKEN_TYPE) return undefined;
    const claims = await this.verified(token, TOKEN_TYPE);
    if (claims === undefined) return undefined;
    await this.#remember(claims);
    return { ...principalIn(claims), tokens: idsOf(claims) };
  }

  /** What a token of a type says; undefined if it is not ours. Throws `AUTH_MISSING` for one that is over. */
  async verified(token: string, type: string): Promise<JWTPayload | undefined> {
    const { issuer, log, clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        typ: type,
        issuer,
        audience: issuer,
        algorithms: ['EdDSA'],
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'sub', 'jti', 'scope'],
      });
      if (idsOf(payload).every((id) => log.entryWithKey(revokedKey(id)) === undefined)) return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unknownCaller('The token is over.', 'expired');
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
    throw unknownCaller('The token was taken back.', 'revoked');
  }

  /** Whoever made it may have had no writer at hand: nothing is done by a token that the log does not know. */
  async #remember({ jti = '', sub = '', exp = 0, lenders, scope, missions }: JWTPayload): Promise<void> {
    const { log } = this.#options;
    if (log.entryWithKey(mintedKey(jti)) !== undefined) return;
    const by = wordsOf(lenders)[0] ?? '';
    const data = { token: jti, name: sub, scopes: scopesOf(scope), by, expires: exp };
    const bound = missions === undefined ? {} : { missions: wordsOf(missions) };
    await log.append([{ kind: 'token.minted', data: { ...data, ...bound }, dedup: mintedKey(jti) }]);
  }
}

/** Who the claims of a token of ours stand for. */
export function principalIn({ sub = '', scope, missions, exp = 0, lenders }: JWTPayload): Principal {
  return {
    name: sub,
    scopes: new Set(scopesOf(scope)),
    ...(missions === undefined ? {} : { missions: missions === 'own' ? missions : new Set(wordsOf(missions)) }),
    expires: exp * 1000,
    lenders: wordsOf(lenders),
  };
}

/** A token, and those that it was lent from. */
export const idsOf = ({ jti = '', from }: JWTPayload): string[] => [jti, ...wordsOf(from)];

function scopesOf(scope: unknown): Scope[] {
  const words = typeof scope === 'string' ? scope.split(' ') : [];
  return SCOPES.filter((each) => words.includes(each));
}

const wordsOf = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).flatMap((each) => (typeof each === 'string' ? [each] : [])) : [];

function typeOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).typ;
  } catch {
    return undefined;
  }
}
