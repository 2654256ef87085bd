import { Redactor } from './redactor.ts';
import type { Secrets } from './secrets.ts';

/** What the process that runs missions has of secrets: nothing is read, and no permission asked for, before somebody is to be given one. */
export class SecretDesk {
  /** Everything that is written down goes by it. */
  readonly redactor = new Redactor();
  readonly #open: (redactor: Redactor) => Promise<Secrets>;
  #secrets: Promise<Secrets> | undefined;

  constructor(open: (redactor: Redactor) => Promise<Secrets>) {
    this.#open = open;
  }

  /**
   * The environment that gives a process these secrets, by the names that its profile has for them. Throws `SECRET_UNKNOWN`, `SECRET_UNAVAILABLE`,
   * `SECRET_INVALID`, `SECRET_NOT_ALLOWED`, `CONFIG_INVALID`.
   */
  async environmentFor(names: readonly string[]): Promise<Record<string, string>> {
    return names.length === 0 ? {} : (await this.#opened()).environmentFor(names);
  }

  /** The value now. Throws the same. */
  async value(name: string): Promise<string> {
    return (await this.#opened()).get(name);
  }

  async #opened(): Promise<Secrets> {
    // What failed is tried anew: somebody may have allowed it meanwhile.
    this.#secrets ??= this.#open(this.redactor).catch((error: unknown) => {
      this.#secrets = undefined;
      throw error;
    });
    const secrets = await this.#secrets;
    secrets.keepAlive();
    return secrets;
  }

  /** Gives back what was lent. */
  async close(): Promise<void> {
    const secrets = await this.#secrets?.catch(() => undefined);
    await secrets?.close();
  }
}
