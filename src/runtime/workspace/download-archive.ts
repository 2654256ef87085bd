import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { get as getSafely } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Digest } from '../../base/digest.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { megabytes } from '../../spec/bundle/bundle-faults.ts';
import type { ArchiveAddress } from './archive-address.ts';

/** What a download may cost. */
export interface DownloadLimits {
  timeoutMs: number;
  bytes: number;
  redirects: number;
}

const LIMITS: DownloadLimits = { timeoutMs: 120_000, bytes: 256 * 2 ** 20, redirects: 5 };

export interface DownloadOptions {
  /** Where the temporary folder is made; default is the system's place for them. */
  temp?: string;
  limits?: Partial<DownloadLimits>;
  signal?: AbortSignal;
}

export interface DownloadedArchive {
  /** A file of the archive's own name, in a temporary folder. */
  path: string;
  digest: Digest;
  remove: () => void;
}

/**
 * Fetches an archive, byte by byte as it lies there. Redirections are followed to https alone. Throws `BUNDLE_FETCH`, `BUNDLE_NOT_FOUND`, `BUNDLE_TOO_LARGE` or `INTERRUPTED`.
 */
export async function downloadArchive(address: ArchiveAddress, options: DownloadOptions = {}): Promise<DownloadedArchive> {
  const folder = mkdtempSync(join(options.temp ?? tmpdir(), 'agentnexus-bundle-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, basename(address.url.pathname).replaceAll(/[^\w.-]/g, '-'));
    const digest = await new Download(address, options).into(path);
    return { path, digest, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

const REDIRECTION = new Set([301, 302, 303, 307, 308]);

class Download {
  readonly #address: ArchiveAddress;
  readonly #limits: DownloadLimits;
  readonly #late: AbortSignal;
  readonly #stopped: AbortSignal | undefined;

  constructor(address: ArchiveAddress, { limits, signal }: DownloadOptions) {
    this.#address = address;
    this.#limits = { ...LIMITS, ...limits };
    this.#late = AbortSignal.timeout(this.#limits.timeoutMs);
    this.#stopped = signal;
  }

  async into(path: string): Promise<Digest> {
    try {
      const response = await this.#found();
      const whole = createHash('sha256');
      await pipeline(
        response,
        (chunks: AsyncIterable<Buffer>) => this.#counted(chunks, whole),
        createWriteStream(path, { mode: 0o600 }),
      );
      const digest: Digest = `sha256:${whole.digest('hex')}`;
      const { digest: wanted, shown } = this.#address;
      if (wanted === undefined || wanted === digest) return digest;
      throw this.#fault(`is not what was asked for: it is ${digest}, and not ${wanted}`, {
        hint: `Find out who has changed ${shown}; only then name the new digest.`,
      });
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** The answer that is the archive, wherever it was found. */
  async #found(): Promise<IncomingMessage> {
    let { url } = this.#address;
    for (let hops = 0; hops <= this.#limits.redirects; hops++) {
      const response = await this.#ask(url);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return this.#withinLimit(response);
      response.destroy();
      if (!REDIRECTION.has(statusCode)) throw this.#refused(statusCode);
      const next = headers.location === undefined ? null : URL.parse(headers.location, url.href);
      // Plain http is for this machine, and there for the one server that was named.
      if (next?.protocol !== 'https:' && next?.origin !== this.#address.url.origin)
        throw this.#fault('leads to where nothing is fetched from: redirections go to https alone');
      url = next;
    }
    throw this.#fault(`leads on and on, ${this.#limits.redirects} times and more`);
  }

  #ask(url: URL): Promise<IncomingMessage> {
    const signal = this.#stopped === undefined ? this.#late : AbortSignal.any([this.#late, this.#stopped]);
    const get = url.protocol === 'https:' ? getSafely : getPlainly;
    const headers = { 'user-agent': 'agentnexus', 'accept-encoding': 'identity' };
    return new Promise((resolve, reject) => get(url, { signal, headers, agent: false }, resolve).once('error', reject));
  }

  #withinLimit(response: IncomingMessage): IncomingMessage {
    if (Number(response.headers['content-length'] ?? 0) <= this.#limits.bytes) return response;
    response.destroy();
    throw this.#tooLarge();
  }

  async *#counted(chunks: AsyncIterable<Buffer>, whole: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > this.#limits.bytes) throw this.#tooLarge();
      whole.update(chunk);
      yield chunk;
    }
  }

  #told(error: unknown): NexusError {
    if (error instanceof NexusError) return error;
    if (this.#stopped?.aborted === true) return new NexusError('INTERRUPTED', `Fetching ${this.#address.shown} was interrupted.`);
    if (this.#late.aborted) return this.#fault(`could not be fetched in ${this.#limits.timeoutMs / 1000} s`);
    return this.#fault(`could not be fetched (${messageOf(error)})`, { cause: error });
  }

  #refused(status: number): NexusError {
    const { shown } = this.#address;
    if (status !== 404 && status !== 410) return this.#fault(`could not be fetched: its server answers ${status}`);
    return new NexusError('BUNDLE_NOT_FOUND', `There is no ${shown}: its server answers ${status}.`, {
      hint: 'Check the address.',
      details: { archive: shown, status },
    });
  }

  #tooLarge(): NexusError {
    const { shown } = this.#address;
    return new NexusError('BUNDLE_TOO_LARGE', `${shown} is larger than ${megabytes(this.#limits.bytes)}.`, {
      hint: 'Pack the specification alone.',
      details: { archive: shown },
    });
  }

  #fault(what: string, more: { hint?: string; cause?: unknown } = {}): NexusError {
    const { shown } = this.#address;
    const hint = 'Check the address; or download it, and name the file.';
    return new NexusError('BUNDLE_FETCH', `${shown} ${what}.`, { hint, ...more, details: { archive: shown } });
  }
}
