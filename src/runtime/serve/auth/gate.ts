import type { FastifyRequest } from 'fastify';

import { NexusError } from '../../../base/errors.ts';
import type { PrincipalRule } from '../../../base/generated/server.ts';
import type { Log } from '../../log/log.ts';
import { findMission } from '../../mission/queries.ts';
import { submitterKey } from '../../app/allowance.ts';
import type { OperationName } from '../../app/operations.ts';
import type { Scope } from '../../app/allowance.ts';
import { authenticate, type Authority, demand, type Principal, principalOf } from '../principal.ts';
import type { RateLimits, Standing } from '../traffic/rate-limits.ts';
import { certificatePrincipal } from './certificate-principal.ts';
import { Denials } from './denials.ts';
import type { Sessions } from './sessions.ts';

export interface GateOptions {
  authorities: readonly Authority[];
  /** Who the certificates of clients stand for. */
  certificates?: readonly PrincipalRule[] | undefined;
  /** Logins of browsers. */
  sessions?: Sessions | undefined;
  denials?: Denials | undefined;
  /** How many requests each may send. */
  limits?: RateLimits | undefined;
}

/** What is asked for; nothing but to be known where there is no scope. */
export interface Wish {
  scope?: Scope;
  /** As the caller names it. */
  mission?: string | undefined;
  operation?: OperationName;
}

/** Operations that tell those who may touch some missions only nothing of any other; the answers of `missions` and `approvals.list` are sifted. */
const APART: ReadonlySet<OperationName | undefined> = new Set([
  'validate',
  'plan',
  'missions',
  'approvals.list',
  'tokens.create',
  'tokens.revoke',
]);

/** Where every request comes by: says who it is from, whether they may do what they ask, and writes down what is denied. */
export class Gate {
  readonly #log: Log;
  readonly #options: GateOptions;
  readonly #denials: Denials;
  readonly #standings = new WeakMap<FastifyRequest, Standing>();

  constructor(log: Log, options: GateOptions) {
    this.#log = log;
    this.#options = options;
    this.#denials = options.denials ?? new Denials(log);
  }

  /** Throws `AUTH_MISSING`, `AUTH_DENIED`. */
  async allowed(request: FastifyRequest, wish: Wish): Promise<Principal> {
    const { method, url, ip } = request;
    const identify = async (): Promise<Principal> => {
      const who = await this.#whoIs(request);
      const standing = this.#options.limits?.take(who.name);
      if (standing !== undefined) this.#standings.set(request, standing);
      return who;
    };
    return this.#admit(identify, { wish, what: `${method} ${url.split('?', 1)[0]}`, from: ip });
  }

  /** How whoever sent a request stands with the limits, if that is known. */
  standingOf(request: FastifyRequest): Standing | undefined {
    return this.#standings.get(request);
  }

  /** For those who show an `Authorization` of HTTP, and nothing else. */
  async allowedHeader(
    header: string | undefined,
    wish: Wish,
    { what, from }: { what: string; from: string },
  ): Promise<Principal> {
    const identify = async (): Promise<Principal> => this.#limited(await authenticate(header, this.#options.authorities));
    return this.#admit(identify, { wish, what, from });
  }

  /** For those who show a token in another way than by a header of HTTP. */
  async allowedToken(token: string, wish: Wish, { what, from }: { what: string; from: string }): Promise<Principal> {
    const identify = async (): Promise<Principal> => this.#limited(await principalOf(token, this.#options.authorities));
    return this.#admit(identify, { wish, what, from });
  }

  /** Who it is, whatever they may. Throws `AUTH_MISSING`. */
  async known(request: FastifyRequest): Promise<Principal> {
    return this.allowed(request, {});
  }

  /** Whoever `identify` says that it is; that it is nobody is written down. */
  async admitted({ method, url, ip }: FastifyRequest, identify: () => Promise<Principal>): Promise<Principal> {
    return this.#admit(identify, { wish: {}, what: `${method} ${url.split('?', 1)[0]}`, from: ip });
  }

  /** Whether somebody who is known may do what they wish. Throws `AUTH_DENIED`. */
  async permitted(who: Principal, wish: Wish, { what, from }: { what: string; from: string }): Promise<Principal> {
    return this.#admit(async () => who, { wish, what, from });
  }

  /** Whether somebody may touch a mission. */
  mayTouch({ name, missions }: Principal, mission: string): boolean {
    if (missions === undefined) return true;
    return missions === 'own' ? this.#log.entryWithKey(submitterKey(mission, name)) !== undefined : missions.has(mission);
  }

  async close(): Promise<void> {
    await this.#denials.flush();
  }

  #limited(who: Principal): Principal {
    this.#options.limits?.take(who.name);
    return who;
  }

  async #admit(
    identify: () => Promise<Principal>,
    { wish, what, from }: { wish: Wish; what: string; from: string },
  ): Promise<Principal> {
    const asked = { what, from, ...wish };
    let who: Principal | undefined;
    try {
      who = await identify();
      if (wish.scope !== undefined) {
        demand(who, wish.scope);
        this.#demandMission(who, wish);
      }
      return who;
    } catch (error) {
      await this.#denials.record(error, asked, who?.name);
      throw error;
    }
  }

  async #whoIs(request: FastifyRequest): Promise<Principal> {
    const { authorities, certificates = [], sessions } = this.#options;
    const { authorization } = request.headers;
    if (authorization !== undefined) return authenticate(authorization, authorities);
    const principal = (await sessions?.principalOf(request)) ?? certificatePrincipal(request.raw.socket, certificates);
    return principal ?? authenticate(undefined, authorities);
  }

  /** Whoever may touch some missions only is not even told which others there are. */
  #demandMission(who: Principal, { mission, operation }: Wish): void {
    if (who.missions === undefined) return;
    const isApart = APART.has(operation) || (operation === 'apply' && who.missions === 'own');
    const id = mission === undefined ? undefined : this.#idOf(mission);
    if (mission === undefined ? isApart : id !== undefined && this.mayTouch(who, id)) return;
    throw new NexusError('AUTH_DENIED', `${who.name} may not do this: what they have shown is for some missions only.`, {
      hint: mission === undefined ? 'Name a mission of theirs.' : 'Ask whoever began the mission.',
      details: { reason: 'mission' },
    });
  }

  #idOf(mission: string): string | undefined {
    try {
      return findMission(this.#log.db, mission).id;
    } catch (error) {
      if (error instanceof NexusError) return undefined;
      throw error;
    }
  }
}
