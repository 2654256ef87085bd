import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomUUID } from 'node:crypto';

import { exportJWK, generateKeyPair, type GenerateKeyPairResult, type JWTPayload, SignJWT } from 'jose';

type Claims = { [N in keyof JWTPayload]: JWTPayload[N] | undefined };

/** An issuer of tokens on loopback: discovery, keys, authorization code with PKCE, device code. It counts how often its keys are asked for. */
export class TinyIssuer {
  readonly #server: Server;
  #keys: { kid: string; pair: GenerateKeyPairResult }[] = [];
  readonly #codes = new Map<string, { challenge: string; nonce: string; redirect: string; client: string }>();
  /** `sub` of whoever logs in. */
  user = 'ann';
  asked = 0;
  /** What it calls itself, if that is not its address. */
  alias: string | undefined;
  /** Status of all its answers, if it is out of order. */
  broken: number | undefined;
  /** How often a device asks before its user has let it in. */
  pending = 1;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<TinyIssuer> {
    const issuer = new TinyIssuer();
    await issuer.rotate('one');
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Puts a new key in the place of the old ones. */
  async rotate(kid: string, alg = 'ES256'): Promise<void> {
    this.#keys = [{ kid, pair: await generateKeyPair(alg) }];
  }

  /** A token as this issuer signs it, for five minutes. Claims that are undefined are left out. */
  async token(claims: Claims = {}, header: { kid?: string; alg?: string; typ?: string; crit?: string[] } = {}): Promise<string> {
    const [{ kid, pair } = { kid: '', pair: await generateKeyPair('ES256') }] = this.#keys;
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: 'agentnexus', sub: this.user, iat: now, exp: now + 300, ...claims };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(given).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(pair.privateKey);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const form = new URLSearchParams(request.method === 'POST' ? await bodyOf(request) : '');
    const json = (value: object, status = 200): void => {
      response.writeHead(this.broken ?? status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer: this.alias ?? this.url,
          jwks_uri: `${this.url}/jwks`,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          device_authorization_endpoint: `${this.url}/device`,
        });
      case '/jwks':
        this.asked++;
        return json({
          keys: await Promise.all(
            this.#keys.map(async ({ kid, pair }) => ({ ...(await exportJWK(pair.publicKey)), kid, use: 'sig' })),
          ),
        });
      case '/authorize':
        return this.#authorize(url.searchParams, response);
      case '/device':
        return json({
          device_code: 'device',
          user_code: 'ABCD',
          verification_uri: `${this.url}/activate`,
          expires_in: 60,
          interval: 0.05,
        });
      case '/token':
        return this.#token(form, json);
      default:
        return json({}, 404);
    }
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    const [challenge = '', nonce = '', redirect = '', client = ''] = ['code_challenge', 'nonce', 'redirect_uri', 'client_id'].map(
      (name) => query.get(name) ?? '',
    );
    this.#codes.set(code, { challenge, nonce, redirect, client });
    const back = new URL(redirect);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.url);
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(form: URLSearchParams, json: (value: object, status?: number) => void): Promise<void> {
    if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') {
      if (this.pending-- > 0) return json({ error: 'authorization_pending' }, 400);
      return json({
        id_token: await this.token({ aud: form.get('client_id') ?? '' }),
        token_type: 'Bearer',
        refresh_token: 'again',
      });
    }
    if (form.get('grant_type') === 'refresh_token') {
      return json({
        id_token: await this.token({ aud: form.get('client_id') ?? '' }),
        token_type: 'Bearer',
        refresh_token: 'again',
      });
    }
    const kept = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (kept === undefined || kept.challenge !== challenge || kept.redirect !== form.get('redirect_uri'))
      return json({ error: 'invalid_grant' }, 400);
    return json({ id_token: await this.token({ aud: kept.client, nonce: kept.nonce }), token_type: 'Bearer' });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
