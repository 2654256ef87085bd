import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import type { Clock } from '../../../../src/base/clock.ts';

interface Lease {
  ends: number;
  /** Seconds, and until when it may be renewed. */
  ttl: number;
  last: number;
}

interface Answer {
  status: number;
  body?: object;
}

/** What of HashiCorp Vault's HTTP API (developer.hashicorp.com/vault/api-docs) our client uses, to the letter of its documentation, in the time of `clock`. */
export class VaultServer {
  /** `METHOD path` of each request. */
  readonly calls: string[] = [];
  readonly kv = new Map<string, { data: Record<string, unknown> | null; version: number }>();
  readonly jwts = new Map([['good-jwt', 'builder']]);
  readonly tokens = new Map<string, Lease>([['root-token', { ends: Infinity, ttl: 0, last: Infinity }]]);
  readonly leases = new Map<string, Lease>();
  /** Of a dynamic secret, and of the token of a login; seconds. */
  leaseTtl = 600;
  leaseMax = 1800;
  tokenTtl = 1200;
  tokenMax = 7200;
  namespace = 'team/a';
  sealed = false;
  readonly #clock: Clock;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '', headers } = request;
    this.calls.push(`${method} ${url.replace('/v1/', '')}`);
    const body = method === 'GET' ? {} : ((await json(request).catch(() => ({}))) as Record<string, unknown>);
    const { status, body: answer } = this.#answer(`${method} ${url.replace('/v1/', '')}`, { body, headers });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  #answer(call: string, { body, headers }: { body: Record<string, unknown>; headers: IncomingMessage['headers'] }): Answer {
    if (this.sealed) return errors(503, 'Vault is sealed');
    if (headers['x-vault-request'] !== 'true') return errors(412, 'required header is missing');
    if (headers['x-vault-namespace'] !== this.namespace) return errors(403, 'permission denied');
    const login = /^POST auth\/([\w-]+)\/login$/.exec(call);
    if (login !== null) return this.#login(body);
    const token = String(headers['x-vault-token'] ?? '');
    const held = this.tokens.get(token);
    if (held === undefined || held.ends <= this.#clock.now()) return errors(403, 'permission denied');
    if (call === 'GET auth/token/lookup-self') return ok({ data: { ttl: held.ttl, renewable: held.ttl > 0 } });
    if (call === 'POST auth/token/renew-self') return ok({ auth: { client_token: token, ...this.#renew(held) } });
    if (call === 'POST auth/token/revoke-self')
      return this.tokens.delete(token) ? { status: 204 } : errors(403, 'permission denied');
    if (call === 'PUT sys/leases/renew') return this.#renewLease(String(body['lease_id']));
    if (call === 'PUT sys/leases/revoke')
      return this.leases.delete(String(body['lease_id'])) ? { status: 204 } : errors(400, 'invalid lease');
    if (call.startsWith('GET database/creds/')) return this.#credentials();
    return this.#readKv(call);
  }

  #login({ role, jwt }: Record<string, unknown>): Answer {
    if (this.jwts.get(String(jwt)) !== role) return errors(400, 'error validating token');
    const token = `hvs.login-token-${++this.#serial}`;
    const now = this.#clock.now();
    this.tokens.set(token, { ends: now + this.tokenTtl * 1000, ttl: this.tokenTtl, last: now + this.tokenMax * 1000 });
    return ok({ auth: { client_token: token, lease_duration: this.tokenTtl, renewable: true } });
  }

  #renew(lease: Lease): object {
    const now = this.#clock.now();
    lease.ends = Math.min(now + lease.ttl * 1000, lease.last);
    return { lease_duration: Math.floor((lease.ends - now) / 1000), renewable: true };
  }

  #renewLease(id: string): Answer {
    const lease = this.leases.get(id);
    if (lease === undefined || lease.ends <= this.#clock.now()) return errors(400, 'lease not found');
    return ok({ lease_id: id, ...this.#renew(lease) });
  }

  #credentials(): Answer {
    const id = `database/creds/app/${++this.#serial}`;
    const now = this.#clock.now();
    this.leases.set(id, { ends: now + this.leaseTtl * 1000, ttl: this.leaseTtl, last: now + this.leaseMax * 1000 });
    const data = { username: `v-app-${this.#serial}`, password: `generated-password-${this.#serial}` };
    return ok({ lease_id: id, lease_duration: this.leaseTtl, renewable: true, data });
  }

  #readKv(call: string): Answer {
    const secret = this.kv.get(call.replace('GET ', ''));
    if (secret === undefined) return { status: 404, body: { errors: [] } };
    const { data, version } = secret;
    return ok({
      lease_id: '',
      lease_duration: 0,
      renewable: false,
      data: { data, metadata: { version, destroyed: data === null } },
    });
  }
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function errors(status: number, ...messages: string[]): Answer {
  return { status, body: { errors: messages } };
}
