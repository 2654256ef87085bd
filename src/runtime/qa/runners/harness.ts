import { SEND_SIGNED } from '../signed-events.ts';

/** What the harness tells of a run. Paths are as they were given. */
export type HarnessEvent =
  | { kind: 'started'; file: string }
  /** A test moved; told now and then, so that a long file is no hung one. */
  | { kind: 'alive' }
  | {
      kind: 'finished';
      file: string;
      code: number | null;
      signal: string | null;
      stalled: boolean;
      forged: boolean;
      lines: ReporterLine[];
      /** The end of what it printed. */
      output: string;
    }
  | { kind: 'complete' };

/**
 * What a reporter inside the process of a test file tells, in this order: `loaded`, `begun` where the file has registered a test, any number of cases, and
 * last what they add up to.
 */
export type ReporterLine =
  | { type: 'loaded' }
  | { type: 'begun' }
  | { type: 'case'; name: string; status: 'passed' | 'failed' | 'skipped'; line?: number; message?: string }
  /** The file could not be loaded. */
  | { type: 'broken'; message: string }
  | { type: 'summary'; success: boolean; cases: number };

/** What the harness is told over stdin. */
export interface HarnessJob {
  key: string;
  files: readonly string[];
  jobs: number;
  stallMs: number;
  /** What runs a file, which is its last argument. */
  command: readonly string[];
  /** Added to the environment; `%` in a value is the number of the file. */
  env: Readonly<Record<string, string>>;
}

/**
 * Starts a process for each test file and tells how each ended. It stands between the tests and us: they can kill it, but cannot speak for
 * it, since its events are signed with a key that only it has (stdin is read to its end before any test starts). Reporters inside the processes
 * begin each of their lines, on descriptor 3, with a word that they read from stdin and that is nowhere else: what a test prints is no report.
 */
export const HARNESS = `
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { key, files, jobs, stallMs, command: [program, ...args], env } = JSON.parse(readFileSync(0, 'utf8'));
const TAIL = 4000;
const MOST_LINES = 200_000;
let told = 0;
${SEND_SIGNED}
function alive() {
  if (performance.now() - told < 1000) return;
  told = performance.now();
  send({ kind: 'alive' });
}

function environment(index) {
  return { ...process.env, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('%', index)])) };
}

function run(file, index) {
  return new Promise((resolve) => {
    const word = randomBytes(16).toString('hex');
    const child = spawn(program, [...args, file], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: environment(String(index)) });
    const end = { kind: 'finished', file, code: null, signal: null, stalled: false, forged: false, lines: [], output: '' };
    const stall = setTimeout(() => { end.stalled = true; child.kill('SIGKILL'); }, stallMs);
    const tail = (chunk) => { end.output = (end.output + chunk).slice(-TAIL); };
    child.stdin.on('error', () => {});
    child.stdin.end(word);
    child.stdout.setEncoding('utf8').on('data', tail);
    child.stderr.setEncoding('utf8').on('data', tail);
    createInterface({ input: child.stdio[3] }).on('line', (line) => {
      stall.refresh();
      alive();
      if (!line.startsWith(word) || end.lines.length >= MOST_LINES) end.forged = true;
      else end.lines.push(JSON.parse(line.slice(word.length)));
    });
    let over = false;
    const finish = () => { if (!over) { over = true; send(end); resolve(); } };
    child.on('error', (error) => { end.code = -1; tail(String(error)); finish(); });
    child.on('exit', (code, signal) => {
      clearTimeout(stall);
      Object.assign(end, { code, signal });
      // Whoever else holds its pipes is not waited for.
      setTimeout(finish, 250);
    });
    child.on('close', finish);
  });
}

let next = 0;
async function work() {
  for (let index = next++; index < files.length; index = next++) {
    send({ kind: 'started', file: files[index] });
    await run(files[index], index);
  }
}

await Promise.all(Array.from({ length: jobs }, work));
send({ kind: 'complete' });
process.exit(0);
`;
