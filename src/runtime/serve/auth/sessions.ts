import { randomBytes, randomUUID } from 'node:crypto';

import type { FastifyRequest } from 'fastify';

import { NexusError } from '../../../base/errors.ts';
import { signJwt } from '../../app/access/sign-jwt.ts';
import { SESSION_TYPE } from '../../app/access/token-records.ts';
import { endToken } from '../../app/access/tokens.ts';
import { type Principal, unknownCaller } from '../principal.ts';
import { idsOf, OwnTokens, type OwnTokensOptions, principalIn } from './own-tokens.ts';

export interface SessionOptions extends OwnTokensOptions {
  /** Whether browsers come over TLS: the cookie then goes nowhere else. */
  secure: boolean;
  /** How long a login lasts, in milliseconds. */
  lifetime: number;
}

/** A login, as its cookie has it. */
export interface Session {
  id: string;
  principal: Principal;
  /** What pages send along with whatever changes something, as `x-csrf-token`. */
  csrf: string;
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Logins of browsers: a signed cookie that scripts cannot read and that is sent by our own pages only. Nothing is kept here but in the log, where a login that
 * was ended stands.
 */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #tokens: OwnTokens;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#tokens = new OwnTokens(options);
  }

  /** Who the cookie of a request stands for; undefined if there is none. Throws `AUTH_MISSING`, and `AUTH_DENIED` where another site may be behind it. */
  async principalOf(request: FastifyRequest): Promise<Principal | undefined> {
    const session = await this.read(request);
    if (session === undefined) return undefined;
    if (!SAFE.has(request.method)) this.#refuseForged(request, session);
    return session.principal;
  }

  /** Throws `AUTH_MISSING` for a login that is over. */
  async read({ headers }: FastifyRequest): Promise<Session | undefined> {
    const cookie = cookieNamed(headers.cookie, this.#name);
    if (cookie === undefined) return undefined;
    const claims = await this.#tokens.verified(cookie, SESSION_TYPE);
    if (claims === undefined) throw unknownCaller('The login is none of this server.', 'session');
    const { jti = '', csrf } = claims;
    // What is lent by a login outlives it; what was lent for it does not.
    const principal = { ...principalIn(claims), tokens: idsOf(claims).slice(1) };
    return { id: jti, principal, csrf: typeof csrf === 'string' ? csrf : '' };
  }

  /** The cookie of a new login. It is in the log before anybody has it. */
  async begin(
    { name, scopes, missions, expires, lenders = [], tokens = [] }: Principal,
    by: 'token' | 'issuer',
  ): Promise<{ cookie: string; csrf: string }> {
    const { key, issuer, log, clock, lifetime } = this.#options;
    const now = clock.now();
    const exp = Math.floor(Math.min(now + lifetime, expires ?? Number.POSITIVE_INFINITY) / 1000);
    const csrf = randomBytes(24).toString('base64url');
    const claims = {
      iss: issuer,
      aud: issuer,
      sub: name,
      scope: [...scopes].join(' '),
      ...(missions === undefined ? {} : { missions: missions === 'own' ? missions : [...missions] }),
      lenders: [...lenders],
      from: [...tokens],
      jti: randomUUID(),
      csrf,
      iat: Math.floor(now / 1000),
      exp,
    };
    await log.append([{ kind: 'session.begun', data: { session: claims.jti, by: name, with: by, expires: exp } }]);
    const token = signJwt(claims, { key, type: SESSION_TYPE });
    return { cookie: this.#cookie(token, exp - Math.floor(now / 1000)), csrf };
  }

  /** Ends the login of a request, and says what takes its cookie away. */
  async end({ id, principal }: Session): Promise<string> {
    await endToken(this.#options.log, { token: id, by: principal.name });
    return this.#cookie('', 0);
  }

  /** A cookie under which nothing else can be put by another host or path (RFC 6265bis, section 4.1.3.2). */
  get #name(): string {
    return this.#options.secure ? '__Host-agentnexus' : 'agentnexus';
  }

  #cookie(value: string, seconds: number): string {
    const { secure } = this.#options;
    return `${this.#name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  /** A page of another site can have a browser send the cookie, but can neither read the token nor hide where it comes from. */
  #refuseForged(request: FastifyRequest, { csrf, principal }: Session): void {
    if (csrf !== '' && request.headers['x-csrf-token'] === csrf && isSameOrigin(request)) return;
    throw new NexusError('AUTH_DENIED', `It is not sure that ${principal.name} has asked for this.`, {
      hint: 'Send the `csrf` that `GET /v1/session` gives as `x-csrf-token`.',
      details: { reason: 'csrf' },
    });
  }
}

/** Whether a page of this very server asks, as far as the browser says it. */
export function isSameOrigin({ headers, host }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || URL.parse(origin)?.host === host;
}

/** The value of a cookie; undefined if it is not there, or twice. */
export function cookieNamed(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(/; */)
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}
