import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';

import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Issuer } from '../../../base/generated/server.ts';
import type { JsonObject } from '../../../base/json.ts';
import { type Authority, type Principal, unknownCaller } from '../principal.ts';
import { type FetchOptions, fetchJson } from './guarded-fetch.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { principalFor } from './principal-rules.ts';
import { readNamed, type ServerConfig } from './server-config.ts';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const CLOCK_SKEW = 30;

export interface IssuerOptions {
  clock: Clock;
  /** Clients that people log in by: tokens may be made out to them, too. */
  clients?: readonly string[];
  /** Told why an issuer cannot be asked: callers are not. */
  onTrouble?: (error: NexusError) => void;
}

/** Takes the JWTs of one issuer (OpenID Connect, Kubernetes, SPIFFE) for what the rules of the configuration make of them. */
export class IssuerAuthority implements Authority {
  readonly #issuer: Issuer;
  readonly #keys: IssuerKeys;
  readonly #options: IssuerOptions;
  readonly #fetching: FetchOptions;
  readonly #config: ServerConfig;

  constructor(issuer: Issuer, config: ServerConfig, options: IssuerOptions) {
    const { privateNetwork, ca } = issuer;
    this.#issuer = issuer;
    this.#config = config;
    this.#options = options;
    this.#fetching = { privateNetwork, ...(ca === undefined ? {} : { ca: readNamed(config, ca) }) };
    const { jwks } = issuer;
    if (jwks !== undefined && 'file' in jwks) this.#fileKeys(jwks.file);
    this.#keys = new IssuerKeys(() => this.#fetchKeys(), options.clock);
  }

  get name(): string {
    return this.#issuer.issuer;
  }

  async principalOf(token: string): Promise<Principal | undefined> {
    if (!this.#isOurs(token)) return undefined;
    return this.principalIn(await this.verified(token));
  }

  /** Who the claims of a verified token stand for. Throws `AUTH_MISSING` if that is nobody. */
  principalIn(claims: JWTPayload): Principal {
    const plain: JsonObject = JSON.parse(JSON.stringify(claims));
    const principal = principalFor(plain, this.#issuer.principals, `${this.#issuer.issuer} {sub}`);
    if (principal === undefined || principal.name === '') {
      throw unknownCaller('No rule of this server says who the token stands for.', 'no rule');
    }
    return { ...principal, expires: (claims.exp ?? 0) * 1000 };
  }

  /** The claims of a token that this issuer has signed for this server, or for its login. Throws `AUTH_MISSING`, `ISSUER_UNREACHABLE`. */
  async verified(token: string): Promise<JWTPayload> {
    const { audience, algorithms = ALGORITHMS, clockSkew = CLOCK_SKEW, maxAge } = this.#issuer;
    const { clients = [], clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#keys.find, {
        ...(this.#trustDomain === undefined ? { issuer: this.#issuer.issuer } : {}),
        audience: [audience, ...clients],
        algorithms,
        clockTolerance: clockSkew,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'sub'],
        ...(maxAge === undefined ? {} : { maxTokenAge: maxAge }),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refusal(error);
      if (error instanceof NexusError) throw this.#troubled(error);
      throw error;
    }
  }

  /** The document by which an issuer says where its parts are (OpenID Connect Discovery 1.0). Throws `ISSUER_UNREACHABLE`. */
  async discover(): Promise<JsonObject> {
    const { issuer } = this.#issuer;
    const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, this.#withToken());
    if (document['issuer'] === issuer) return document;
    throw new NexusError('ISSUER_UNREACHABLE', `What lies at ${issuer} calls itself another issuer.`, { details: { issuer } });
  }

  /** Asks an endpoint of the issuer, under the same rules as for its keys. */
  async ask(address: string, form: URLSearchParams): Promise<JsonObject> {
    return fetchJson(address, { ...this.#fetching, form });
  }

  /** Where an issuer lies, and what is wrong there, is for whoever runs the server. */
  #troubled(error: NexusError): NexusError {
    this.#options.onTrouble?.(error);
    return new NexusError('ISSUER_UNREACHABLE', 'The keys of the issuer cannot be had now.', {
      hint: 'Try again in a minute; whoever runs the server can see why.',
      cause: error,
    });
  }

  get #trustDomain(): string | undefined {
    return this.#issuer.issuer.startsWith('spiffe://') ? `${this.#issuer.issuer.replace(/\/$/, '')}/` : undefined;
  }

  /** Whose it says it is: only that one's keys count then. JWT-SVIDs need no `iss`; their trust domain stands in `sub`. */
  #isOurs(token: string): boolean {
    try {
      const { iss, sub } = decodeJwt(token);
      const { typ } = decodeProtectedHeader(token);
      if (this.#trustDomain === undefined) return iss === this.#issuer.issuer;
      return sub?.startsWith(this.#trustDomain) === true && (typ === undefined || typ === 'JWT' || typ === 'JOSE');
    } catch {
      return false;
    }
  }

  async #fetchKeys(): Promise<JsonObject> {
    const { jwks } = this.#issuer;
    if (jwks !== undefined) return 'file' in jwks ? this.#fileKeys(jwks.file) : fetchJson(jwks.url, this.#withToken());
    const { jwks_uri: said } = await this.discover();
    const address = typeof said === 'string' ? said : '';
    // Our token is for the issuer, and for no other host that it may name.
    const isThere = URL.parse(address)?.origin === URL.parse(this.#issuer.issuer)?.origin;
    return fetchJson(address, isThere ? this.#withToken() : this.#fetching);
  }

  #fileKeys(file: string): JsonObject {
    return JSON.parse(readNamed(this.#config, file).toString('utf8'));
  }

  /** Read each time: such tokens are short-lived, and others renew them. */
  #withToken(): FetchOptions {
    const { tokenFile } = this.#issuer;
    return tokenFile === undefined
      ? this.#fetching
      : { ...this.#fetching, token: readNamed(this.#config, tokenFile).toString('utf8').trim() };
  }
}

/** What jose says is for us: the caller learns that it is no good, and in a few words why. */
function refusal(error: errors.JOSEError): NexusError {
  if (error instanceof errors.JWTExpired) return unknownCaller('The token is over.', 'expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reason = error.claim === 'aud' ? 'audience' : `claim ${error.claim}`;
    return unknownCaller(error.claim === 'aud' ? 'The token is for somebody else.' : 'The token is not good here.', reason);
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return unknownCaller('The token is signed in a way that is not allowed here.', 'algorithm');
  }
  return unknownCaller('The token is signed by nobody who is known here.', 'signature');
}
