import { isRecord, textIn } from '../../runtime/report/standing/told-entry.ts';

/** Where a token lies where the server has no logins: this tab alone has it, and forgets it when it is closed. */
const KEY = 'agentnexus.token';

const SESSION = '/v1/session';

/** How one can show who one is: a token that is asked for, and perhaps an issuer that people are sent to. */
export interface Ways {
  issuer: string | null;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The only part of the board that knows how somebody shows who they are. As a rule that is a cookie that scripts cannot read, which a token is given away for
 * once or an issuer's login leads to; from a server without logins, the token itself.
 */
export class Session {
  readonly #store: Store;
  readonly #fetch: typeof fetch;
  #token: string | null;
  /** Sent along with whatever changes something; null where there is no login by cookie. */
  #csrf: string | null = null;
  /** Called when the server no longer knows who this is. */
  onOut: () => void = () => {};

  constructor(store: Store, request: typeof fetch) {
    this.#store = store;
    this.#fetch = request;
    this.#token = store.getItem(KEY);
  }

  get isIn(): boolean {
    return this.#token !== null || this.#csrf !== null;
  }

  /** Finds out whether somebody is logged in, and how one can be. */
  async look(): Promise<Ways> {
    const response = await this.#send(SESSION, {});
    const said: unknown = response.ok ? await response.json().catch(() => null) : null;
    if (!isRecord(said)) return { issuer: null };
    this.#csrf = said['authenticated'] === true ? textIn(said, 'csrf') : null;
    const { issuer } = isRecord(said['login']) ? said['login'] : {};
    return { issuer: isRecord(issuer) ? textIn(issuer, 'url') : null };
  }

  /** Tries a token. False: the server does not know it. */
  async signIn(text: string): Promise<boolean> {
    const token = text.trim();
    const response = await this.#fetch(SESSION, {
      method: 'POST',
      body: JSON.stringify({ token }),
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
    });
    if (response.status === 401) return false;
    if (response.status === 404) return this.#keep(token);
    const said: unknown = await response.json().catch(() => null);
    if (!response.ok)
      throw new Error((isRecord(said) ? textIn(said, 'title') : null) ?? `The server answered with ${response.status}.`);
    this.#csrf = isRecord(said) ? textIn(said, 'csrf') : null;
    return this.#csrf !== null;
  }

  async signOut(): Promise<void> {
    if (this.#csrf !== null) await this.#send(SESSION, { method: 'DELETE' }).catch(() => undefined);
    this.#leave();
  }

  /** As `fetch`, in the name of whoever is logged in. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#send(path, init);
    if (response.status === 401 && this.isIn) this.#leave();
    return response;
  }

  async #keep(token: string): Promise<boolean> {
    this.#token = token;
    const { status } = await this.#send('/v1/missions?states=planned', {});
    if (status === 401) {
      this.#token = null;
      return false;
    }
    this.#store.setItem(KEY, token);
    return true;
  }

  #leave(): void {
    this.#token = null;
    this.#csrf = null;
    this.#store.removeItem(KEY);
    this.onOut();
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    // What a header cannot hold is no token either.
    if (this.#token !== null && /^[\x21-\x7e]+$/.test(this.#token)) headers.set('authorization', `Bearer ${this.#token}`);
    if (this.#csrf !== null) headers.set('x-csrf-token', this.#csrf);
    return this.#fetch(path, { ...init, headers, credentials: 'same-origin', cache: 'no-store' });
  }
}
