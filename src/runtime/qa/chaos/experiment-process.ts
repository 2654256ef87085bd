import { setTimeout as pause } from 'node:timers/promises';

import { NexusError } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { startTool } from '../start-tool.ts';
import { type ProbePlace, runProbe } from '../probes/probe.ts';
import type { ProcessClock } from './process-clock.ts';
import type { SmallDisk } from './small-disk.ts';

/** How long a process may take until it can be asked. */
const START_MS = 15_000;

/** The longest that any experiment keeps a process. */
const MAX_MS = 3_600_000;

/** What is put around a process so that it can be disturbed later. */
interface Prepared {
  disk?: SmallDisk | undefined;
  clock?: ProcessClock | undefined;
}

export function wordsOf(run: string): [string, ...string[]] {
  const [program = '', ...args] = run.split(/\s+/).filter((word) => word !== '');
  return [program, ...args];
}

/** A process that an experiment has started: it can be suspended, killed and started again, and ends with the experiment. */
export class ExperimentProcess {
  readonly #argv: readonly [string, ...string[]];
  readonly #port: number | undefined;
  readonly #place: ProbePlace;
  #running: { pid: number; over: Promise<ProcessResult>; stop: AbortController } | undefined;

  constructor({ run, port }: { run: string; port?: number }, place: ProbePlace, { disk, clock }: Prepared = {}) {
    const argv = wordsOf(run);
    this.#argv = disk === undefined ? argv : disk.around(argv);
    this.#port = port;
    this.#place = clock === undefined ? place : { ...place, env: { ...place.env, ...clock.env } };
  }

  /** Starts it, and waits until its port takes connections. Throws an error for people if it does not come up. */
  async start(): Promise<void> {
    const stop = new AbortController();
    const { folder, env } = this.#place;
    let over: Promise<ProcessResult> | undefined;
    const pid = await new Promise<number>((resolve, reject) => {
      over = startTool(this.#argv, { cwd: folder, env, timeoutMs: MAX_MS, signal: stop.signal, onStart: resolve });
      over.catch(reject);
    });
    if (over === undefined) return;
    this.#running = { pid, over, stop };
    if (this.#port !== undefined) await this.#listening(this.#port, over);
  }

  /** Suspends it, with all that it has started. */
  suspend(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop.abort();
    await running?.over;
  }

  #signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    // It leads a group of its own.
    if (this.#running !== undefined) process.kill(-this.#running.pid, name);
  }

  async #listening(port: number, over: Promise<ProcessResult>): Promise<void> {
    let ended: ProcessResult | undefined;
    void over.then((result) => (ended = result));
    for (const end = performance.now() + START_MS; performance.now() < end; await pause(50)) {
      const { passed } = await runProbe({ name: 'start', tcp: { port }, within: '500ms' }, this.#place);
      if (passed) return;
      if (ended !== undefined) break;
    }
    const said = ended === undefined ? '' : ` It ended with ${ended.code}. ${ended.stderr.trim().slice(-300)}`;
    throw new NexusError('TOOL_MISSING', `${this.#argv.join(' ')} does not listen on port ${port}.${said}`);
  }
}
