import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { type Principal, unknownCaller } from '../principal.ts';
import type { IssuerAuthority } from './issuer-authority.ts';

export interface LoginOptions {
  authority: IssuerAuthority;
  clientId: string;
  /** By which the command line does it. */
  cliClientId: string;
  clientSecret?: string | undefined;
  scopes: readonly string[];
  /** Address that people have in their browser, where it is another than the one that they ask for. */
  publicUrl?: string | undefined;
  clock: Clock;
}

/** What a browser keeps while its user is at the issuer. */
interface Started {
  state: string;
  nonce: string;
  verifier: string;
}

/** Milliseconds that the description of the issuer is kept. */
const FRESH = 600_000;

/** Login of people by authorization code and PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636). */
export class Login {
  readonly #options: LoginOptions;
  #issuer: { document: JsonObject; at: number } | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** What others need to log in by themselves. */
  get description(): { issuer: string; clientId: string; scopes: string[] } {
    const { authority, cliClientId, scopes } = this.#options;
    return { issuer: authority.name, clientId: cliClientId, scopes: [...scopes] };
  }

  /** Where the browser is sent, and what it is to bring back. `origin`: of this server, as the browser has it. */
  async start(origin: string): Promise<{ location: string; kept: string }> {
    const started: Started = { state: secret(), nonce: secret(), verifier: secret() };
    const { clientId, scopes } = this.#options;
    const location = new URL(await this.#endpoint('authorization_endpoint'));
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: this.#callback(origin),
      scope: scopes.join(' '),
      state: started.state,
      nonce: started.nonce,
      code_challenge: createHash('sha256').update(started.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) location.searchParams.set(name, value);
    return { location: location.href, kept: Buffer.from(JSON.stringify(started)).toString('base64url') };
  }

  /** Who has come back from the issuer. Throws `AUTH_MISSING`. */
  async finish(
    query: Readonly<Record<string, unknown>>,
    { kept, origin }: { kept: string | undefined; origin: string },
  ): Promise<Principal> {
    const { authority, clientId, clientSecret } = this.#options;
    const { state, code, iss } = query;
    const started = startedIn(kept);
    if (started === undefined || state !== started.state) throw unknownCaller('This login was not begun here.', 'login state');
    // RFC 9207: what another issuer has sent is not taken to this one.
    if (typeof code !== 'string' || (iss !== undefined && iss !== authority.name)) {
      throw unknownCaller('The issuer has not let you in.', 'login');
    }
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.#callback(origin),
      client_id: clientId,
      code_verifier: started.verifier,
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    });
    const { id_token: token } = await authority.ask(await this.#endpoint('token_endpoint'), form).catch(orRefused);
    const claims = await authority.verified(typeof token === 'string' ? token : '');
    const isForUs = [claims.aud].flat().includes(clientId) && (claims['azp'] ?? clientId) === clientId;
    if (claims['nonce'] !== started.nonce || !isForUs) throw unknownCaller('What the issuer says is of another login.', 'login');
    const { expires: _, ...principal } = authority.principalIn(claims);
    return principal;
  }

  #callback(origin: string): string {
    return `${this.#options.publicUrl ?? origin}/login/callback`;
  }

  async #endpoint(name: string): Promise<string> {
    const { authority, clock } = this.#options;
    if (this.#issuer === undefined || clock.now() - this.#issuer.at > FRESH) {
      this.#issuer = { document: await authority.discover(), at: clock.now() };
    }
    const address = this.#issuer.document[name];
    if (typeof address === 'string' && URL.canParse(address)) return address;
    throw new NexusError('ISSUER_UNREACHABLE', `${authority.name} does not say where its ${name} is.`);
  }
}

/** What the issuer does not take is no code of it (RFC 6749, section 5.2). */
function orRefused(error: unknown): never {
  const status = error instanceof NexusError ? error.details?.['status'] : undefined;
  throw status === 400 || status === 401 ? unknownCaller('The issuer does not know of this login.', 'login') : error;
}

const secret = (): string => randomBytes(32).toString('base64url');

function startedIn(kept: string | undefined): Started | undefined {
  const value = parsedJson(Buffer.from(kept ?? '', 'base64url').toString('utf8'));
  if (!isJsonObject(value)) return undefined;
  const { state, nonce, verifier } = value;
  return typeof state === 'string' && typeof nonce === 'string' && typeof verifier === 'string'
    ? { state, nonce, verifier }
    : undefined;
}
