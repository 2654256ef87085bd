/** Where the token lies: this tab alone has it, and forgets it when it is closed. */
const KEY = 'agentnexus.token';

/** The only part of the board that knows how somebody shows who they are: a bearer token, asked for once. */
export class Session {
  readonly #store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly #fetch: typeof fetch;
  #token: string | null;
  /** Called when the server no longer takes what was shown. */
  onOut: () => void = () => {};

  constructor(store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, request: typeof fetch) {
    this.#store = store;
    this.#fetch = request;
    this.#token = store.getItem(KEY);
  }

  get isIn(): boolean {
    return this.#token !== null;
  }

  /** Tries a token. False: the server does not know it. */
  async signIn(token: string): Promise<boolean> {
    this.#token = token.trim();
    const { status } = await this.#send('/v1/missions?states=planned', {});
    if (status === 401) {
      this.#token = null;
      return false;
    }
    this.#store.setItem(KEY, this.#token);
    return true;
  }

  signOut(): void {
    this.#token = null;
    this.#store.removeItem(KEY);
    this.onOut();
  }

  /** As `fetch`, in the name of whoever is signed in. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#send(path, init);
    if (response.status === 401 && this.isIn) this.signOut();
    return response;
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    // What a header cannot hold is no token either.
    if (this.#token !== null && /^[\x21-\x7e]+$/.test(this.#token)) headers.set('authorization', `Bearer ${this.#token}`);
    return this.#fetch(path, { ...init, headers, credentials: 'same-origin', cache: 'no-store' });
  }
}
