import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { ALLOCATOR, FLAGS } from '../../bin/small-heap.js';
import { watchMemory } from './resident-memory.ts';

export interface FanOut {
  /** Milliseconds from an entry's append to its arrival. */
  p50: number;
  p99: number;
  /** Events that arrived a second, over all clients. */
  rate: number;
  /** Events that did not arrive, or came twice or out of order. */
  faults: number;
  /** Bytes that the server held on average in the first half of the time, and in the second. */
  memory: { first: number; second: number };
}

/** How long events take to many clients, at `rate` entries a second. */
export async function fanOut({ rate, seconds, clients }: { rate: number; seconds: number; clients: number }): Promise<FanOut> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-fan-'));
  const entry = join(import.meta.dirname, 'noisy-entry.ts');
  // As `agentnexus serve` starts itself.
  const env = { ...ALLOCATOR, ...process.env, AGENTNEXUS_KEYS: join(dir, 'keys') };
  const server = spawn(process.execPath, [...FLAGS, entry, join(dir, 'w'), 'token'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const said = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const url = String((await said.next()).value);
    const listeners = await Promise.all(Array.from({ length: clients }, async () => Listener.open(url)));
    const memory = watchMemory(server.pid);
    server.stdin.write(`${rate} ${seconds}`);
    const written = Number((await said.next()).value);
    const until = performance.now() + 10_000;
    while (listeners.some(({ took }) => took.length < written) && performance.now() < until) await pause(50);
    const took = listeners.flatMap((each) => each.took).toSorted((a, b) => a - b);
    const at = (part: number): number => took[Math.floor(took.length * part)] ?? Number.NaN;
    const faults = listeners.reduce((sum, each) => sum + each.disorder + Math.abs(written - each.took.length), 0);
    for (const listener of listeners) listener.close();
    return { p50: at(0.5), p99: at(0.99), rate: took.length / seconds, faults, memory: memory.halves() };
  } finally {
    server.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A client of server-sent events that measures. */
class Listener {
  readonly took: number[] = [];
  disorder = 0;
  #seq = -1;
  #rest = '';
  #close: () => void = () => undefined;

  static async open(url: string): Promise<Listener> {
    const listener = new Listener();
    await new Promise<void>((resolve) => {
      const request = get(`${url}/v1/events/stream`, { headers: { authorization: 'Bearer token' } }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => listener.#hear(chunk));
        response.on('error', () => undefined);
        resolve();
      });
      listener.#close = () => request.destroy();
      request.on('error', () => undefined);
    });
    return listener;
  }

  close(): void {
    this.#close();
  }

  #hear(chunk: string): void {
    const now = Date.now();
    const text = this.#rest + chunk;
    const end = text.lastIndexOf('\n\n') + 2;
    this.#rest = end < 2 ? text : text.slice(end);
    if (end < 2) return;
    for (const [, seq, sent] of text.slice(0, end).matchAll(/^id: \w+\.(\d+)\n.*\ndata: .*"sent":(\d+)/gm)) {
      if (Number(seq) <= this.#seq) this.disorder++;
      this.#seq = Number(seq);
      this.took.push(now - Number(sent));
    }
  }
}
