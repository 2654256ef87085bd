import { chownSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { NexusError } from '../../../base/errors.ts';
import { CappedOutput } from '../capped-output.ts';
import { type OpenProcess, openProcess } from '../open-process.ts';
import { type ProcessExit, withinGrace } from '../supervise.ts';
import type { Launch, LaunchNews, LaunchOrder, WallTools } from './launch-order.ts';
import { wallBuilder } from './wall-builder.ts';

/** The sibling as it lies beside this module, in `src/` or in `dist/`. */
const ENTRY = fileURLToPath(new URL(`launch-entry${extname(import.meta.url)}`, import.meta.url));

/** Of a path to a socket: unix(7) allows 108 bytes in all. */
const LONGEST_TEMP = 60;

/** How long walls may take to stand, on whatever machine. */
const WALLS_MS = 20_000;

/** After it is gone, how long to wait for the end of what it said. */
const WORDS_MS = 250;

/** A launcher that waits for its one process. It holds nobody up: it ends when we do, however we end. */
export class Launcher {
  readonly process: OpenProcess;
  /** Its own folder, which nothing inside the walls can write to: the way to the network leads through a socket in it. */
  readonly temp: string;
  readonly ready: Promise<void>;
  /** It has ended, and can start nothing any more. */
  gone = false;
  violations: readonly string[] = [];
  /** How its process ended, as it told before it was gone itself; how it did, where it could not. */
  readonly exit: Promise<ProcessExit>;
  #told: ProcessExit | undefined;
  readonly #said = new CappedOutput(4096);
  #started: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(tools: WallTools, user: { uid: number; gid: number } | undefined) {
    this.temp = ownTemp(user);
    this.process = openProcess([process.execPath, '--no-warnings', ENTRY], {
      cwd: this.temp,
      env: { PATH: '/usr/bin:/bin', HOME: this.temp, TMPDIR: this.temp, LANG: 'C.UTF-8' },
      ...(user && { user }),
    });
    this.process.hold(false);
    this.process.stderr.on('data', (chunk: Buffer) => this.#said.add(chunk));
    this.ready = new Promise((resolve, reject) => {
      this.#started = resolve;
      this.#failed = reject;
    });
    this.ready.catch(() => {});
    this.exit = this.process.exited.then((own) => this.#told ?? own);
    this.exit.catch(() => {});
    const lines = createInterface({ input: this.process.channel });
    // It repeats what goes wrong with its input, for which `exited` is enough.
    lines.on('error', () => {}).on('line', (line) => this.#hear(JSON.parse(line) as LaunchNews));
    const said = new Promise((resolve) => this.process.stderr.once('close', resolve));
    const gone = async (): Promise<void> => {
      this.gone = true;
      await withinGrace(said, WORDS_MS);
      this.#failed?.(this.#refusal());
    };
    void this.process.exited.then(gone, gone);
    this.#send({ tools: { ...tools, bwrap: wallBuilder(tools.bwrap, this.temp) } });
  }

  /** Has the walls built around a process that comes before the real one. Throws `SANDBOX_MISSING` if that does not go well. */
  async rehearse(rehearsal: Launch): Promise<void> {
    await this.#obeyed({ rehearsal });
  }

  /** Resolves when the process is within the walls; throws `SANDBOX_MISSING` if it does not get there. */
  async launch(launch: Launch): Promise<void> {
    await this.#obeyed({ launch });
    // It says its first word when whoever waits for it hears it.
    this.#send({ go: true });
  }

  dismiss(): void {
    this.process.kill();
    remove(this.temp);
  }

  async #obeyed(order: LaunchOrder): Promise<void> {
    await this.ready;
    if (this.gone) throw this.#refusal();
    const started = new Promise<void>((resolve, reject) => {
      this.#started = resolve;
      this.#failed = reject;
    });
    this.#send(order);
    const late = setTimeout(() => this.process.kill(), WALLS_MS);
    await started.finally(() => clearTimeout(late));
  }

  #send(order: LaunchOrder): void {
    this.process.channel.write(`${JSON.stringify(order)}\n`);
  }

  #hear(news: LaunchNews): void {
    if ('failed' in news) this.#failed?.(this.#refusal(news.failed));
    else if ('violations' in news) this.violations = news.violations;
    else if ('ended' in news) this.#told = { code: news.ended.code ?? undefined, signal: news.ended.signal ?? undefined };
    else this.#started?.();
  }

  #refusal(why = this.#said.text().trim().split('\n').at(-1) ?? ''): NexusError {
    return new NexusError('SANDBOX_MISSING', `The process cannot be confined${why === '' ? '' : `: ${why}`}.`, {
      hint: 'Run `spec-kit doctor` to see what is missing.',
      details: { why },
    });
  }
}

const temps = new Set<string>();
let removing = false;

function remove(temp: string): void {
  temps.delete(temp);
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
}

function ownTemp(user: { uid: number; gid: number } | undefined): string {
  const base = realpathSync(tmpdir());
  const temp = mkdtempSync(join(base.length > LONGEST_TEMP ? '/tmp' : base, 'anx-'));
  if (user !== undefined) chownSync(temp, user.uid, user.gid);
  if (!removing) process.once('exit', () => temps.forEach(remove));
  removing = true;
  temps.add(temp);
  return temp;
}
