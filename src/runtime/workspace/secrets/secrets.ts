import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

import { setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '../../../base/clock.ts';
import { NexusError, systemCode } from '../../../base/errors.ts';
import { Redactor } from './redactor.ts';
import { SHORTEST_SECRET } from './secret-forms.ts';
import type { SecretSettings, SecretSource } from './secret-source.ts';
import { VaultClient } from './vault-client.ts';

export interface SecretsOptions {
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
  /** Told of every value before it is handed out; one of its own by default. */
  redactor?: Redactor;
  fetch?: typeof fetch;
}

/** Bytes of a file with a secret, at most. */
const MAX_FILE = 65_536;

/**
 * The secrets of a workspace, by name. A value is fetched when it is asked for, for the process that needs it, and is known to `redactor` before anybody
 * else knows it.
 */
export class Secrets {
  readonly redactor: Redactor;
  readonly #settings: SecretSettings;
  readonly #options: SecretsOptions;
  readonly #vault: VaultClient | undefined;
  #tending: AbortController | undefined;

  constructor(settings: SecretSettings, options: SecretsOptions) {
    this.#settings = settings;
    this.#options = options;
    this.redactor = options.redactor ?? new Redactor();
    const { vault } = settings;
    this.#vault =
      vault &&
      new VaultClient(vault, {
        clock: options.clock,
        credential: (from) => ('file' in from ? readPrivately(from.file, 'the Vault login') : this.#variable(from.variable)),
        onToken: (token) => this.redactor.add('VAULT_TOKEN', token),
        ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
      });
  }

  get names(): string[] {
    return [...this.#settings.secrets.keys()];
  }

  /** The value now. Throws `SECRET_UNKNOWN`, `SECRET_UNAVAILABLE`, `SECRET_INVALID`. */
  async get(name: string): Promise<string> {
    const source = this.#settings.secrets.get(name);
    if (source === undefined)
      throw new NexusError('SECRET_UNKNOWN', `There is no secret \`${name}\`.`, {
        hint: `Say in \`.agentnexus.yaml\` where it comes from: \`secrets: {${name}: {env: ${name}}}\` (docs/secrets.md).`,
        details: { name },
      });
    const value = await this.#read(name, source);
    if (Buffer.byteLength(value) < SHORTEST_SECRET)
      throw new NexusError('SECRET_INVALID', `The secret \`${name}\` is shorter than ${SHORTEST_SECRET} bytes.`, {
        hint: 'It could not be kept out of logs, where it would stand by chance. Use a longer one.',
        details: { name },
      });
    this.redactor.add(name, value);
    return value;
  }

  /** The environment that gives a process these secrets. */
  async environmentFor(names: readonly string[]): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const name of names) values[name] = await this.get(name);
    return values;
  }

  /** Keeps leases alive until `close`, for those who work with what they stand for. What fails is tried again, and told when it is asked for. */
  keepAlive(): void {
    const vault = this.#vault;
    if (vault === undefined || this.#tending !== undefined) return;
    const stop = new AbortController();
    this.#tending = stop;
    void tendUntil(stop.signal, { vault, clock: this.#options.clock });
  }

  async close(): Promise<void> {
    this.#tending?.abort();
    await this.#vault?.close();
  }

  async #read(name: string, source: SecretSource): Promise<string> {
    if (source.from === 'env') return this.#variable(source.variable);
    if (source.from === 'file') return readPrivately(source.path, `the secret \`${name}\``).replace(/\r?\n$/, '');
    if (this.#vault !== undefined) return this.#vault.read(source.read);
    throw new NexusError('CONFIG_INVALID', `The secret \`${name}\` comes from Vault, and nothing says where that is.`, {
      hint: 'Write `vault: {address: …, auth: …}` into `.agentnexus.yaml` (docs/secrets.md).',
    });
  }

  #variable(variable: string): string {
    const value = this.#options.environment[variable];
    if (value !== undefined && value !== '') return value;
    throw new NexusError('SECRET_UNAVAILABLE', `The environment variable ${variable} is not set.`, {
      hint: 'Set it where `spec-kit` is started.',
      details: { variable },
    });
  }
}

/** Milliseconds between two tries at least, and at most: the first lease may be taken at any time. */
const RETRY = 1000;
const LONGEST = 60_000;

async function tendUntil(signal: AbortSignal, { vault, clock }: { vault: VaultClient; clock: Clock }): Promise<void> {
  while (!signal.aborted) {
    const next = await vault.tend().catch(() => undefined);
    const wait = Math.min(Math.max((next ?? Number.POSITIVE_INFINITY) - clock.now(), RETRY), LONGEST);
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** A file that nobody else can read. Looked at and read through one handle: it cannot be exchanged in between. */
function readPrivately(path: string, what: string): string {
  const file = openFile(path, what);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_FILE) throw unreadable(path, what, 'is no file, or too large');
    // Windows has no such bits.
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
      throw new NexusError('SECRET_UNAVAILABLE', `${path}, with ${what}, can be read or written by others.`, {
        hint: `Run: chmod 600 ${path}`,
        details: { path },
      });
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function openFile(path: string, what: string): number {
  try {
    // A pipe that nobody writes to would be waited for.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw unreadable(path, what, `cannot be read (${systemCode(error) ?? 'unknown error'})`, error);
  }
}

function unreadable(path: string, what: string, why: string, cause?: unknown): NexusError {
  return new NexusError('SECRET_UNAVAILABLE', `${path}, with ${what}, ${why}.`, {
    hint: 'Name a file of one text that only you can read.',
    details: { path },
    cause,
  });
}
