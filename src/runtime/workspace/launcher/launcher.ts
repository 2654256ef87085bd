import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getSystemErrorName } from 'node:util';

import { NexusError } from '../../../base/errors.ts';
import { cannotStart } from '../cannot-start.ts';
import { type GroupLeader, type ProcessExit, type ProcessResult, supervise } from '../supervise.ts';
import type { Command } from './command.ts';
import { type Frame, frame, frameSplitter, NEWS, ORDER } from './frames.ts';

/** A program that starts commands, with its arguments. */
export type LauncherProgram = readonly [string, ...string[]];

/** Every page and every thread of the launcher makes starting dearer. */
const NODE_FLAGS = ['--single-threaded', '--max-semi-space-size=1'];

export const LAUNCHERS = {
  python: ['/usr/bin/python3', '-I', '-S', beside('launcher.py')],
  node: [process.execPath, ...NODE_FLAGS, beside(`launcher-entry${extname(import.meta.url)}`)],
} as const satisfies Record<string, LauncherProgram>;

/** The sibling as it lies beside this module, in `src/` or in `dist/`. */
function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** What is known here of a command that runs there. */
interface Running {
  file: string;
  stdout: EventEmitter;
  stderr: EventEmitter;
  ended: (exit: ProcessExit) => void;
  failed: (reason: NexusError) => void;
  /** Its first process is no longer there. */
  isOver: boolean;
}

/**
 * A small process of ours that starts commands: with its own session, so that Ctrl-C is ours to hear, and an empty environment, since its children may read
 * it. It keeps us alive only while it works for us, and ends, with what it runs, when we do.
 */
export class Launcher {
  readonly #process: ChildProcess;
  readonly #link: Socket | undefined;
  readonly #running = new Map<number, Running>();
  #last = 0;
  /** No more commands can be given to it. */
  ended = false;
  /** Whether it is there and can be given commands. */
  readonly ready: Promise<boolean>;
  #isReady: (ready: boolean) => void = () => undefined;

  constructor([file, ...args]: LauncherProgram) {
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.#process = spawn(file, args, { cwd: '/', env: {}, detached: true, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const link = this.#process.stdio?.[3];
    if (link instanceof Socket) this.#link = link;
    this.#link?.on(
      'data',
      frameSplitter((news) => this.#hear(news)),
    );
    // The end of the process says all.
    this.#link?.on('error', () => undefined);
    this.#process.once('error', () => this.#end());
    this.#process.once('close', () => this.#end());
  }

  /** Commands that it runs. */
  get load(): number {
    return this.#running.size;
  }

  /** Throws `TOOL_MISSING`, and `INTERNAL` if the launcher itself is killed: nobody knows then what became of the command. */
  async run({ argv, cwd, env, ...limits }: Command, signal: AbortSignal): Promise<ProcessResult> {
    const fields = [...argv, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
    if ([cwd, ...fields].some((field) => field.includes('\0'))) {
      throw cannotStart(argv[0], { code: 'EINVAL', cause: 'There is a NUL in it.' });
    }
    if (this.ended) throw unknownEnd();
    const id = ++this.#last;
    const leader = this.#lead(id, argv[0]);
    this.#order(ORDER.run, id, [cwd, argv.length, ...fields].join('\0'));
    return supervise(leader, { ...limits, signal });
  }

  #lead(id: number, file: string): GroupLeader {
    if (this.#running.size === 0) this.#keepUs(true);
    const end = (): void => this.#order(ORDER.end, id);
    const output = () => Object.assign(new EventEmitter(), { destroy: () => this.#running.has(id) && end() });
    const [stdout, stderr] = [output(), output()];
    const exit = new Promise<ProcessExit>((ended, failed) => {
      this.#running.set(id, { file, stdout, stderr, ended, failed, isOver: false });
    });
    return { stdout, stderr, exit, kill: () => this.#running.get(id)?.isOver === false && end() };
  }

  #order(letter: string, id: number, body?: string): void {
    this.#link?.write(frame(letter, id, body));
  }

  #hear({ letter, id, body }: Frame): void {
    if (letter === NEWS.ready) return this.#begin();
    const running = this.#running.get(id);
    if (running === undefined) return;
    if (letter === NEWS.stdout) running.stdout.emit('data', body);
    else if (letter === NEWS.stderr) running.stderr.emit('data', body);
    else if (letter === NEWS.closed) this.#close(id, running);
    else if (letter === NEWS.ended) {
      running.isOver = true;
      running.ended(exitOf(Number(body.toString())));
    } else {
      const code = getSystemErrorName(-Number(body.toString()));
      running.failed(cannotStart(running.file, { code, cause: `spawn ${running.file} ${code}` }));
      this.#close(id, running);
    }
  }

  #begin(): void {
    // It may have been started for commands that never come.
    if (this.#running.size === 0) this.#keepUs(false);
    this.#isReady(true);
  }

  #close(id: number, { stdout, stderr }: Running): void {
    this.#running.delete(id);
    if (this.#running.size === 0) this.#keepUs(false);
    stdout.emit('close');
    stderr.emit('close');
  }

  #end(): void {
    this.ended = true;
    this.#isReady(false);
    for (const [id, running] of this.#running) {
      running.failed(unknownEnd());
      this.#close(id, running);
    }
  }

  /** Whether this process waits for the launcher before it ends. */
  #keepUs(alive: boolean): void {
    for (const handle of [this.#process, this.#link]) {
      if (alive) handle?.ref();
      else handle?.unref();
    }
  }
}

function unknownEnd(): NexusError {
  return new NexusError('INTERNAL', 'How the command went is not known: the process that starts commands was ended.');
}

/** A wait status as wait(2) has it. */
function exitOf(status: number): ProcessExit {
  const signal = status & 127;
  return signal === 0
    ? { code: status >> 8, signal: undefined }
    : { code: undefined, signal: SIGNALS.get(signal) ?? `SIG${signal}` };
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
