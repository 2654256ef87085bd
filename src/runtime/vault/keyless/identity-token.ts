import type { Clock } from '../../../base/clock.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject } from '../../../base/json.ts';

/** Gets the token (JWT) by which an OIDC issuer vouches for whoever signs; asked again when a certificate has run out. */
export type IdentitySource = () => Promise<string>;

export interface IdentityOptions {
  /** Whom the token is for, as the certificate authority wants it. */
  audience: string;
  clock: Clock;
}

type Environment = Readonly<Record<string, string | undefined>>;

const TIMEOUT = 20_000;
const MAX_ANSWER = 65_536;

/**
 * The identity that a CI platform gives its jobs: a token in `SIGSTORE_ID_TOKEN` (what GitLab and others are told to put there), or GitHub's service for them.
 * Undefined where there is neither.
 */
export function ciIdentity(env: Environment, { audience, clock }: IdentityOptions): IdentitySource | undefined {
  const given = env['SIGSTORE_ID_TOKEN'];
  if (given !== undefined && given !== '') return async () => readToken(given, { where: 'SIGSTORE_ID_TOKEN', clock });
  const [url, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'], env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']];
  return url && bearer ? () => githubToken({ url, bearer, audience, clock }) : undefined;
}

/** docs.github.com, "OpenID Connect reference": the audience is asked for, the answer is `{value}`. */
async function githubToken({ url, bearer, audience, clock }: IdentityOptions & { url: string; bearer: string }): Promise<string> {
  const address = new URL(url);
  address.searchParams.set('audience', audience);
  const value = await askedFor(address, bearer);
  return readToken(typeof value === 'string' ? value : '', { where: 'what GitHub answered', clock });
}

async function askedFor(address: URL, bearer: string): Promise<unknown> {
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const answer: unknown = response.ok ? JSON.parse((await response.text()).slice(0, MAX_ANSWER)) : undefined;
    if (isJsonObject(answer)) return answer['value'];
    throw new Error(`it answered ${response.status}`);
  } catch (error) {
    throw noIdentity(`GitHub gave no identity token: ${messageOf(error)}.`);
  }
}

/** A JWT as far as it must be one; its text is a secret, and stands in no message. Throws `IDENTITY_UNAVAILABLE`. */
export function readToken(text: string, { where, clock }: { where: string; clock: Clock }): string {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(text.trim()) ?? [];
  const claims = payload === undefined ? undefined : claimsOf(payload);
  if (claims === undefined) throw noIdentity(`There is no identity token in ${where}.`);
  const expires = claims['exp'];
  if (typeof expires === 'number' && expires * 1000 <= clock.now())
    throw noIdentity(`The identity token in ${where} has expired.`);
  return text.trim();
}

function claimsOf(payload: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isJsonObject(claims) && typeof claims['sub'] === 'string' ? claims : undefined;
  } catch {
    return undefined;
  }
}

export function noIdentity(message: string): NexusError {
  return new NexusError('IDENTITY_UNAVAILABLE', message, {
    hint:
      'GitHub: `permissions: id-token: write`. GitLab: `id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }`. Elsewhere set SIGSTORE_ID_TOKEN, or run it ' +
      'in a terminal and log in. `--signing key` signs with the local key.',
  });
}
