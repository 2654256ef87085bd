import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { systemClock } from '../../../src/base/clock.ts';
import { type Host, openHost } from '../../../src/runtime/app/host/host.ts';
import { type Scope, SCOPES } from '../../../src/runtime/app/allowance.ts';
import { readOrder } from '../../../src/runtime/app/host/read-order.ts';
import { keepResident } from '../../../src/runtime/app/host/resident-host.ts';
import { openWorkspace } from '../../../src/runtime/app/workspace.ts';
import { tokenAuthority } from '../../../src/runtime/serve/principal.ts';
import { Denials } from '../../../src/runtime/serve/auth/denials.ts';
import { openAccess } from '../../../src/runtime/serve/auth/open-access.ts';
import type { ServerConfig } from '../../../src/runtime/serve/auth/server-config.ts';
import type { ServerTls } from '../../../src/runtime/serve/server-tls.ts';
import type { LedgerOptions } from '../../../src/runtime/serve/ledger-routes.ts';
import type { RateLimits } from '../../../src/runtime/serve/traffic/rate-limits.ts';
import { serve, type Serving } from '../../../src/runtime/serve/server.ts';

export const ALL = 'token-of-the-owner';
export const READER = 'token-of-a-reader';

/** One contract: a mission of a few seconds, all of it real. */
export const SPEC = `# Notes

## Contracts

- Contract: Note
  - Schema: \`{ id: UUID, text: string }\`
`;

export interface BenchOptions {
  limits?: RateLimits | undefined;
  config?: ServerConfig;
  tls?: ServerTls;
  /** How many denials of unknown callers each have an entry in a minute. */
  denials?: number;
  ledger?: LedgerOptions;
  /** The package's folder, where it is not this checkout. */
  root?: string;
}

/** Members of answers that tests look at. */
export interface Body {
  id: string;
  state: string;
  upload: string;
  code: string;
  objective: string;
  priority: string;
  next: string;
  components: Record<string, unknown>;
  items: { seq: number; id: string }[];
}

/** A control plane on a free port, with a workspace and keys of its own. */
export class ServerBench {
  readonly dir = mkdtempSync(join(tmpdir(), 'serve-'));
  readonly #keys = process.env['AGENTNEXUS_KEYS'];
  host!: Host;
  /** Added to the time of those who judge tokens. */
  ahead = 0;
  readonly clock = { now: (): number => systemClock.now() + this.ahead };
  #serving!: Serving;
  #release!: () => Promise<void>;

  readonly #options: BenchOptions;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
  }

  static async open(options: BenchOptions = {}): Promise<ServerBench> {
    const bench = new ServerBench(options);
    process.env['AGENTNEXUS_KEYS'] = join(bench.dir, 'keys');
    await bench.start();
    return bench;
  }

  async start(): Promise<void> {
    const context = { cwd: this.dir, workspace: join(this.dir, 'w') };
    this.host = await openHost(openWorkspace(context), context, { readOrder, jobs: 2 });
    this.#release = keepResident(this.host);
    const reading = new Set<Scope>(['missions:read', 'evidence:read']);
    const authorities = [
      tokenAuthority(ALL, { name: 'owner', scopes: new Set(SCOPES) }),
      tokenAuthority(READER, { name: 'reader', scopes: reading }),
    ];
    const {
      config = { folder: this.dir },
      tls,
      denials = 10_000,
      ledger,
      root = join(import.meta.dirname, '../../..'),
    } = this.#options;
    const { engine } = this.host;
    const opened = openAccess(config, { engine, secure: tls !== undefined, clock: this.clock });
    const plane = {
      host: this.host,
      authorities: [...authorities, ...opened.authorities],
      access: {
        ...opened.access,
        denials: new Denials(engine.log, { clock: this.clock, most: denials }),
        limits: this.#options.limits,
      },
      root,
      ...(ledger && { ledger }),
    };
    this.#serving = await serve(plane, { host: '127.0.0.1', port: 0, ...(tls && { tls }) });
  }

  get url(): string {
    return this.#serving.url;
  }

  get routes(): readonly string[] {
    return this.#serving.routes;
  }

  async stop(): Promise<void> {
    await this.#serving.close();
    await this.#release();
  }

  async remove(): Promise<void> {
    await this.stop();
    if (this.#keys === undefined) delete process.env['AGENTNEXUS_KEYS'];
    else process.env['AGENTNEXUS_KEYS'] = this.#keys;
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Puts a file where the server stands. */
  place(path: string, text: string): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  async ask(
    path: string,
    init: RequestInit & { token?: string } = {},
  ): Promise<{ status: number; body: Body; headers: Headers }> {
    const { token = ALL, headers = {}, ...rest } = init;
    const given = { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(headers as Record<string, string>) };
    const response = await fetch(`${this.url}${path}`, { ...rest, headers: given });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  async post(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Awaited<ReturnType<ServerBench['ask']>>> {
    return this.ask(path, {
      method: 'POST',
      ...(body === undefined
        ? { headers }
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    });
  }

  /** Sends a specification and says its digest. */
  async send(text = SPEC): Promise<string> {
    const answer = await this.ask('/v1/specifications', {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'text/markdown' },
    });
    return answer.body.upload;
  }

  /** Writes entries that belong to no mission, as whatever else writes to the log. */
  async write(count: number, from = 0): Promise<void> {
    await this.host.engine.log.append(Array.from({ length: count }, (_, at) => ({ kind: 'test.note', data: { at: from + at } })));
  }

  async ended(mission: string): Promise<Body> {
    for (const until = systemClock.now() + 100_000; systemClock.now() < until;) {
      const { body } = await this.ask(`/v1/missions/${mission}`);
      if (!['planned', 'running'].includes(body.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it goes on and on');
  }
}
