import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';

/** Milliseconds: keys are asked for again after so long; sooner for a key that is not there, but not sooner than that; and when nobody answers, they are good so much longer. */
const FRESH = 600_000;
const PAUSE = 30_000;
const STALE = 3_600_000;

/** Public keys of an issuer, kept for a while. However many tokens come in, it is asked once in half a minute at most. */
export class IssuerKeys {
  readonly #fetch: () => Promise<JsonObject>;
  readonly #clock: Clock;
  #keys: { find: JWTVerifyGetKey; at: number } | undefined;
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #failure: unknown;

  constructor(fetch: () => Promise<JsonObject>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** As `jwtVerify` asks for it. Throws `ISSUER_UNREACHABLE` while there are no keys that are good. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#age() > FRESH) await this.#renew();
    try {
      return await this.#current()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#renew();
      return this.#current()(header, token);
    }
  };

  #age(): number {
    return this.#keys === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - this.#keys.at;
  }

  #current(): JWTVerifyGetKey {
    if (this.#keys !== undefined && this.#age() <= FRESH + STALE) return this.#keys.find;
    throw this.#failure ?? new NexusError('ISSUER_UNREACHABLE', 'The keys of the issuer are too old.');
  }

  async #renew(): Promise<void> {
    if (this.#asking === undefined && this.#clock.now() - this.#asked >= PAUSE) {
      this.#asked = this.#clock.now();
      this.#asking = this.#ask().finally(() => (this.#asking = undefined));
    }
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      this.#keys = { find: createLocalJWKSet(keySet(await this.#fetch())), at: this.#clock.now() };
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** A key set (RFC 7517), or a SPIFFE bundle: there the `use` of a key for tokens is `jwt-svid`. Keys that are for something else are left out. */
function keySet({ keys }: JsonObject): JSONWebKeySet {
  const list = Array.isArray(keys) ? keys.filter(isJsonObject) : [];
  const usable = list.flatMap(({ use, kty, ...key }) =>
    typeof kty === 'string' && (use === undefined || use === 'sig' || use === 'jwt-svid') ? [{ ...key, kty }] : [],
  );
  return { keys: usable };
}
