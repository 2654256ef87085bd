import { performance } from 'node:perf_hooks';

/** https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md, errno */
const SUCCESS = 0;
const NO_SUCH_FILE = 8;
const NOT_SUPPORTED = 58;

/** What a runtime that dies may say on its way out. */
const MAX_LAST_WORDS = 2000;

/**
 * All that the evaluator can reach of its host, in the place of `node:wasi`, which is no wall against hostile code: there is no file, no
 * network, no argument and no environment to be had through these functions. The time of day stands still and chance is none, so that a policy
 * answers tomorrow what it answers today; only the runtime's stopwatch goes.
 */
export class EvaluatorHost {
  /** What Go's runtime wrote before it died. */
  lastWords = '';
  #memory: WebAssembly.Memory | undefined;

  imports(): WebAssembly.ModuleImports {
    return {
      args_get: () => SUCCESS,
      args_sizes_get: (count: number, size: number) => this.#zeros(count, size),
      environ_get: () => SUCCESS,
      environ_sizes_get: (count: number, size: number) => this.#zeros(count, size),
      clock_time_get: (clock: number, _precision: bigint, at: number) => this.#clock(clock, at),
      random_get: (at: number, length: number) => this.#noChance(at, length),
      sched_yield: () => SUCCESS,
      poll_oneoff: (_in: number, _out: number, _count: number, events: number) => this.#number(events, 1),
      fd_write: (_fd: number, vectors: number, count: number, written: number) => this.#hear(vectors, count, written),
      proc_exit(code: number): never {
        throw new Error(`the evaluator ended by itself with ${code}`);
      },
      fd_prestat_get: () => NO_SUCH_FILE,
      fd_fdstat_get: () => NO_SUCH_FILE,
    };
  }

  /** For a module that asks for these functions: those that are not given are there, and refuse. */
  importsFor(module: WebAssembly.Compiled): WebAssembly.Imports {
    const given = this.imports();
    const wanted = WebAssembly.Module.imports(module).map(({ name }) => [name, given[name] ?? (() => NOT_SUPPORTED)] as const);
    return { wasi_snapshot_preview1: Object.fromEntries(wanted) };
  }

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  #view(): DataView {
    return new DataView(this.#memory?.buffer ?? new ArrayBuffer(0));
  }

  #number(at: number, value: number): number {
    this.#view().setUint32(at, value, true);
    return SUCCESS;
  }

  #zeros(...places: number[]): number {
    for (const at of places) this.#number(at, 0);
    return SUCCESS;
  }

  #clock(clock: number, at: number): number {
    const now = clock === 0 ? 0n : BigInt(Math.round(performance.now() * 1e6));
    this.#view().setBigUint64(at, now, true);
    return SUCCESS;
  }

  #noChance(at: number, length: number): number {
    new Uint8Array(this.#view().buffer, at, length).fill(0x5a);
    return SUCCESS;
  }

  #hear(vectors: number, count: number, written: number): number {
    const view = this.#view();
    let total = 0;
    for (let index = 0; index < count; index++) {
      const at = view.getUint32(vectors + 8 * index, true);
      const length = view.getUint32(vectors + 8 * index + 4, true);
      total += length;
      if (this.lastWords.length < MAX_LAST_WORDS) this.lastWords += Buffer.from(view.buffer, at, length).toString('utf8');
    }
    return this.#number(written, total);
  }
}
