import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { ServedWorkspace } from '../../../../bench/serve/served-workspace.ts';
import type { Entry } from '../../../../src/runtime/log/entry.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';

const ROOT = join(import.meta.dirname, '../../../..');

const pools = (patience: number): string =>
  `workers:\n  patience: ${patience}\n  pools:\n    gpu: { abilities: [model] }\n    cpu: { abilities: [contract-compiler] }\n`;

/** A control plane with pools, and its workers: all of them processes. */
export class WorkerBench {
  readonly served = new ServedWorkspace();
  readonly #workers: WorkerProcess[] = [];
  /** Seconds that a worker may be silent. */
  readonly #patience: number;

  constructor(patience = 3) {
    this.#patience = patience;
  }

  async start(): Promise<void> {
    this.write('w/serve/agentnexus.yaml', pools(this.#patience));
    await this.served.start();
    const answer = await this.served.ask('/v1/tokens', {
      body: JSON.stringify({ name: 'workers', scopes: ['tasks:perform'], lifetime: '1h' }),
    });
    this.write('worker-token', (answer as unknown as { token: string }).token);
  }

  write(path: string, content: string): string {
    const file = join(this.served.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  worker(name: string, pool: string): WorkerProcess {
    const { dir, url } = this.served;
    const flags = ['--url', url, '--token-file', join(dir, 'worker-token'), '--pool', pool, '--dir', join(dir, name)];
    const worker = new WorkerProcess([...flags, '--unsafe-no-sandbox']);
    this.#workers.push(worker);
    return worker;
  }

  /** `spec-kit apply`, beside the server or, with `local`, in a workspace of its own: how it ended. */
  async apply(
    bundle: string,
    { agent, local = false, more = [] }: { agent?: string; local?: boolean; more?: readonly string[] } = {},
  ): Promise<Applied> {
    const workspace = join(this.served.dir, local ? 'local' : 'w');
    const who = agent === undefined ? [] : ['--agent', agent];
    return JSON.parse(await this.#specKit(['apply', bundle, '--workspace', workspace, '--json', ...who, ...more])) as Applied;
  }

  /** Adds to the memory of the server's workspace. */
  async remember(text: string): Promise<void> {
    await this.#specKit(['memory', 'add', text, '--json', '--workspace', join(this.served.dir, 'w')]);
  }

  async #specKit(flags: readonly string[]): Promise<string> {
    const env = { ...process.env, AGENTNEXUS_KEYS: join(this.served.dir, 'keys') };
    const child = spawn(process.execPath, [join(ROOT, 'bin/spec-kit.js'), ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    await new Promise((resolve) => child.once('close', resolve));
    if (!out.startsWith('{')) throw new Error(`${out}${err}`);
    return out;
  }

  entries(kinds: readonly string[]): Entry[] {
    const log = openLog(join(this.served.dir, 'w'), { mode: 'read' });
    try {
      return [...log.entries({ kinds })];
    } finally {
      log.close();
    }
  }

  async remove(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop('SIGKILL')));
    await this.served.remove();
  }
}

export interface Applied {
  id: string;
  state: string;
  head: string;
}

class WorkerProcess {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(flags: readonly string[]) {
    this.#child = spawn(process.execPath, [join(ROOT, 'bin/agentnexus.js'), 'worker', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      this.lines.push(line);
      for (const look of this.#waiting) look();
    });
  }

  /** When it has said this. */
  async said(what: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const line = this.lines.find((each) => what.test(each));
        if (line === undefined) return;
        this.#waiting.delete(look);
        resolve(line);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Its exit code, and null where a signal has ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }
}
