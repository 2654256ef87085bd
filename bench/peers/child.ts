import { type ChildProcessWithoutNullStreams, spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that is asked and answers in lines, and ends with the bench at the latest. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(program: string, args: readonly string[], options: SpawnOptionsWithoutStdio = {}) {
    this.#process = spawn(program, args, options);
    this.#process.stderr.on('data', (text: Buffer) => (this.#errors = `${this.#errors}${text.toString()}`.slice(-4000)));
    this.#process.stdin.on('error', () => undefined);
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    process.once('exit', this.#kill);
  }

  readonly #kill = (): void => void this.#process.kill('SIGKILL');

  ask(line: string): Promise<string> {
    this.#process.stdin.write(`${line}\n`);
    return this.nextLine();
  }

  /** The next line that the process writes; throws when it ends instead. */
  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.#process.spawnfile} ended: ${this.#errors}`);
    return value;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    process.off('exit', this.#kill);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    const last = setTimeout(this.#kill, 10_000);
    this.#process.kill(signal);
    await ended;
    clearTimeout(last);
  }
}
