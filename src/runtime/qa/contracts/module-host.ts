import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

import { messageOf } from '../../../base/errors.ts';
import type { JsonValue } from '../../../base/json.ts';
import { runProcess } from '../../workspace/process.ts';
import { roomOf } from '../run-tool.ts';
import type { Walls } from '../walls.ts';
import type { Sandbox } from '../test-runner.ts';

/** What a function of a product's module did: gave something back, threw, or never answered. */
export type Answer =
  | { kind: 'returned'; value: JsonValue; defined: boolean }
  | { kind: 'threw'; message: string }
  | { kind: 'died'; message: string };

/** How long a single call may take. */
const CALL_MS = 5000;

/**
 * Calls functions of a module of the product in a process of its own: what it says is heard, what it does to its process is not felt here. A call that ends the process
 * is told as one, and the next begins with a new process.
 */
export class ModuleHost {
  readonly #module: string;
  readonly #sandbox: Sandbox;
  #session: Session | undefined;
  #serial = 0;

  /** `module`: a path in the sandbox's product. */
  constructor(module: string, sandbox: Sandbox) {
    this.#module = module;
    this.#sandbox = sandbox;
  }

  async call(name: string, value: JsonValue): Promise<Answer> {
    this.#session ??= await this.#start();
    const answer = await this.#session.ask({ id: ++this.#serial, name, value });
    if (answer.kind === 'died') await this.close();
    return answer;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
  }

  async #start(): Promise<Session> {
    const { scratch, product } = this.#sandbox;
    mkdirSync(scratch, { recursive: true });
    const program = join(scratch, 'module-host.mjs');
    writeFileSync(program, PROGRAM);
    const stop = new AbortController();
    const signal = this.#sandbox.signal === undefined ? stop.signal : AbortSignal.any([this.#sandbox.signal, stop.signal]);
    const module = join(realpathSync(product), this.#module);
    if (this.#sandbox.walls !== undefined) return this.#confined(this.#sandbox.walls, { program, module, signal, stop });
    const server = createServer();
    // Short: a socket's path may have a hundred characters or so.
    const path = join(scratch, `s${++this.#serial}`);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    const ended = runProcess([process.execPath, program], {
      cwd: product,
      env: this.#sandbox.env,
      timeoutMs: this.#sandbox.limits.testsMs,
      input: JSON.stringify({ path, module }),
      signal,
    });
    const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
    return new Session({
      close: () => server.close(),
      socket,
      ended: ended.then(({ code, stderr }) => `It ended with ${code}. ${stderr.slice(-500)}`.trim(), messageOf),
      stop,
    });
  }

  /** Within walls there are no sockets of a path: what was opened before is spoken through. */
  async #confined(walls: Walls, { program, module, signal, stop }: Start): Promise<Session> {
    const { walls: _walls, ...sandbox } = this.#sandbox;
    const { limits, ...room } = roomOf(sandbox, walls);
    const { DEFAULT_LIMITS } = await import('../../workspace/sandbox/sandbox.ts');
    const child = await walls.sandbox.start(
      [process.execPath, program],
      {
        ...room,
        denyWrite: [],
        env: { ...walls.env, ...sandbox.env },
        limits: { ...DEFAULT_LIMITS, ...limits, wallMs: sandbox.limits.testsMs },
        records: true,
      },
      signal,
    );
    child.stdout.resume();
    child.stdin.end(JSON.stringify({ module }));
    const ended = child.ended.then(({ code }) => `It ended with ${code}. ${child.stderr().slice(-500)}`.trim(), messageOf);
    return new Session({ close: () => child.kill(), socket: Promise.resolve(child.records), ended, stop });
  }
}

interface Start {
  program: string;
  module: string;
  signal: AbortSignal;
  stop: AbortController;
}

class Session {
  readonly #close: () => void;
  readonly #socket: Promise<Duplex>;
  readonly #ended: Promise<string>;
  readonly #stop: AbortController;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  constructor({
    close,
    socket,
    ended,
    stop,
  }: {
    close: () => void;
    socket: Promise<Duplex>;
    ended: Promise<string>;
    stop: AbortController;
  }) {
    this.#close = close;
    this.#ended = ended;
    this.#stop = stop;
    this.#socket = socket.then((each) => {
      const lines = createInterface({ input: each });
      // It repeats what goes wrong with its input.
      lines.on('error', () => {}).on('line', (line) => this.#hear(line));
      each.on('error', () => {});
      return each;
    });
  }

  async ask(request: { id: number; name: string; value: JsonValue }): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'died', message: 'It gave no answer within 5 s.' }), CALL_MS);
    });
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(request.id, resolve));
    const gone = this.#ended.then((message): Answer => ({ kind: 'died', message }));
    void this.#socket.then((socket) => socket.write(`${JSON.stringify(request)}\n`));
    try {
      return await Promise.race([answered, gone, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    this.#close();
    void this.#socket.then((socket) => socket.destroy());
  }

  #hear(line: string): void {
    try {
      const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    } catch {
      // What is no answer answers nothing.
    }
  }
}

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { path, module } = JSON.parse(readFileSync(0, 'utf8'));
const socket = path === undefined ? new Socket({ fd: 3 }) : connect(path);
const loaded = import(pathToFileURL(module).href);
loaded.catch(() => {});

createInterface({ input: socket }).on('line', async (line) => {
  const { id, name, value } = JSON.parse(line);
  const say = (answer) => socket.write(JSON.stringify({ id, ...answer }) + '\\n');
  try {
    const exports = await loaded;
    const target = name in exports ? exports[name] : exports.default?.[name];
    if (typeof target !== 'function') return say({ kind: 'died', message: 'It exports no function ' + name + '.' });
    const result = await target(value);
    say({ kind: 'returned', value: result === undefined ? null : result, defined: result !== undefined });
  } catch (error) {
    say({ kind: 'threw', message: String(error?.stack ?? error).slice(0, 2000) });
  }
});
socket.on('close', () => process.exit(0));
`;
