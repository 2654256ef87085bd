import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

import { residentMemory } from './resident-memory.ts';

const ROOT = join(import.meta.dirname, '../..');

/** One contract: a mission of a few seconds, all of it real. */
const SPEC = '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID, text: string }`\n';

/** `agentnexus serve` as a process of its own, on a workspace and with keys of its own. */
export class ServedWorkspace {
  readonly dir = mkdtempSync(join(tmpdir(), 'bench-serve-'));
  readonly #port: number;
  #server: ChildProcess | undefined;
  token = '';

  constructor(port = 0) {
    this.#port = port;
  }

  url = '';

  async start(): Promise<void> {
    const where = ['--workspace', join(this.dir, 'w'), '--port', String(this.#port)];
    // What it can do is measured, and not what it allows.
    const args = [join(ROOT, 'bin/agentnexus.js'), 'serve', ...where, '--rate-limit', '0'];
    const env = { ...process.env, AGENTNEXUS_KEYS: join(this.dir, 'keys') };
    this.#server = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: this.#server.stderr! })) {
      const url = /^Serving .* at (http\S+)$/.exec(line)?.[1];
      if (url === undefined) continue;
      this.url = url;
      break;
    }
    this.#server.stderr?.resume();
    this.token = readFileSync(join(this.dir, 'w/serve/token'), 'utf8').trim();
  }

  /** Bytes that the server holds. */
  get memory(): number {
    return residentMemory(this.#server?.pid);
  }

  /** Seconds of a processor that the server has used. */
  get processor(): number {
    const [, rest = ''] = readFileSync(`/proc/${this.#server?.pid ?? 0}/stat`, 'utf8').split(') ');
    const [user = 0, system = 0] = rest.split(' ').slice(11, 13).map(Number);
    return (user + system) / 100;
  }

  async ask(path: string, { body, type = 'application/json' }: { body?: string; type?: string } = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': type }) };
    const response = await fetch(`${this.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body ?? null,
    });
    return (await response.json()) as Answer;
  }

  /** Begins a mission of a specification of its own. */
  async begin(name = 'Note'): Promise<string> {
    const { upload } = await this.ask('/v1/specifications', { body: SPEC.replaceAll('Note', name), type: 'text/markdown' });
    const { id } = await this.ask('/v1/missions', { body: JSON.stringify({ specification: upload }) });
    return id;
  }

  async ended(mission: string): Promise<Answer> {
    for (;;) {
      const answer = await this.ask(`/v1/missions/${mission}`);
      if (!['planned', 'running'].includes(answer.state)) return answer;
      await wait(100);
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface Answer {
  id: string;
  upload: string;
  state: string;
  items: { id: string; state: string }[];
}
