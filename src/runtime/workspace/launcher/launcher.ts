import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NexusError } from '../../../base/errors.ts';
import { cannotStart } from '../cannot-start.ts';
import { lineSplitter } from '../capped-output.ts';
import type { ProcessResult } from '../supervise.ts';
import type { Answer, Command, Order } from './message.ts';

const ENTRY = fileURLToPath(new URL(`launcher-entry${extname(import.meta.url)}`, import.meta.url));

/** Every page and every thread of the launcher makes starting dearer. */
const FLAGS = ['--single-threaded', '--max-semi-space-size=1'];

/** Lines of answers carry output, which is bounded. */
const LINE_LIMIT = 64 * 1024 * 1024;

interface Waiting {
  command: Command;
  resolve: (result: ProcessResult) => void;
  reject: (reason: NexusError) => void;
}

/**
 * A small process of ours that starts commands: with its own session, so that Ctrl-C is ours to hear, and an empty environment, since its children may read
 * it. It keeps us alive only while it works for us, and ends, with what it runs, when we do.
 */
export class Launcher {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  /** No more commands can be given to it. */
  ended = false;

  constructor() {
    const args = [...FLAGS, ENTRY];
    this.#process = spawn(process.execPath, args, { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = lineSplitter((line) => this.#hear(JSON.parse(line) as Answer), LINE_LIMIT);
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => lines.add(text));
    // The end of the process says all.
    this.#process.stdin?.on('error', () => undefined);
    this.#process.once('error', () => this.#end());
    this.#process.once('close', () => this.#end());
    this.#keepUs(false);
  }

  /** Commands that it runs. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Throws `TOOL_MISSING`, and `INTERNAL` if the launcher itself is killed: nobody knows then what became of the command. */
  async run(command: Command, signal: AbortSignal): Promise<ProcessResult> {
    const id = ++this.#last;
    const abort = (): void => this.#order({ id, abort: true });
    if (this.#waiting.size === 0) this.#keepUs(true);
    const end = new Promise<ProcessResult>((resolve, reject) => {
      this.#waiting.set(id, { command, resolve, reject });
    });
    this.#order({ id, command });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      return await end;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #order(order: Order): void {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  #hear(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#keepUs(false);
    if (waiting === undefined) return;
    // What is undefined is not in JSON.
    if ('result' in answer) waiting.resolve({ ...answer.result, code: answer.result.code, signal: answer.result.signal });
    else waiting.reject(cannotStart(waiting.command.argv[0], { code: answer.failed.code, cause: answer.failed.message }));
  }

  #end(): void {
    this.ended = true;
    for (const { reject } of this.#waiting.values()) {
      reject(new NexusError('INTERNAL', 'How the command went is not known: the process that starts commands was ended.'));
    }
    this.#waiting.clear();
    this.#keepUs(false);
  }

  /** Whether this process waits for the launcher before it ends. */
  #keepUs(alive: boolean): void {
    const handles = [this.#process, this.#process.stdin, this.#process.stdout];
    for (const handle of handles) {
      if (handle !== this.#process && !(handle instanceof Socket)) continue;
      if (alive) handle.ref();
      else handle.unref();
    }
  }
}
