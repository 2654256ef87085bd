/** What the harness tells of a run of `node:test`. Paths are as they were given. */
export type NodeEvent =
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
      lines: NodeLine[];
      output: string;
    }
  | { kind: 'complete'; files: number };

/** What the reporter tells of one test file, in the order of `node:test`. */
export type NodeLine =
  | { type: 'loaded' }
  | { type: 'test:start'; name: string; nesting: number }
  | {
      type: 'test:pass' | 'test:fail';
      name: string;
      nesting: number;
      line?: number;
      idle: boolean;
      suite: boolean;
      failure?: string;
      message?: string;
    }
  | { type: 'test:summary'; success: boolean; tests: number };

/** What the harness is told over stdin. */
export interface NodeJob {
  key: string;
  files: readonly string[];
  jobs: number;
  stallMs: number;
  /** Arguments of node, before the file. */
  args: readonly string[];
  /** Path of the reporter. */
  reporter: string;
  /** Folder for V8's coverage, one below it for each file. */
  coverage: string;
}

/**
 * Starts a process for each test file and tells how each ended. It stands between the tests and us: they can kill it, but cannot speak for
 * it, since its events are signed with a key that only it has (stdin is read to its end before any test starts).
 */
export const NODE_HARNESS = `
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { key, files, jobs, stallMs, args, reporter, coverage } = JSON.parse(readFileSync(0, 'utf8'));
const TAIL = 4000;
const MOST_LINES = 200_000;
let serial = 0;
let told = 0;

function send(event) {
  const body = JSON.stringify({ serial: serial++, event });
  const line = Buffer.from(createHmac('sha256', key).update(body).digest('hex') + body + '\\n');
  for (let at = 0; at < line.length; ) at += writeSync(3, line, at);
}

function alive() {
  if (performance.now() - told < 1000) return;
  told = performance.now();
  send({ kind: 'alive' });
}

function run(file, index) {
  return new Promise((resolve) => {
    const word = randomBytes(16).toString('hex');
    const child = spawn(
      process.execPath,
      [...args, '--import=' + pathToFileURL(reporter).href, '--test-reporter=' + reporter, '--test-reporter-destination=stdout', file],
      { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_V8_COVERAGE: join(coverage, String(index)) } },
    );
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
send({ kind: 'complete', files: files.length });
process.exit(0);
`;

/**
 * Loaded into the process of a test file before any of its code, and again as the reporter of \`node:test\`. Lines go out over descriptor 3, each
 * behind a word that was read from stdin and is nowhere else: what a test prints, there or on stdout, is no report.
 */
export const NODE_REPORTER = `
import { readFileSync, writeSync } from 'node:fs';

const word = readFileSync(0, 'utf8');
const { stringify } = JSON;
let reporting = false;

function send(value) {
  const line = Buffer.from(word + stringify(value) + '\\n');
  for (let at = 0; at < line.length; ) at += writeSync(3, line, at);
}

function messageOf({ cause, message }) {
  const reason = cause ?? message;
  const text = reason?.stack ?? reason?.message ?? reason;
  return String(text).slice(0, 4000);
}

function result(type, { name, nesting, line, skip, todo, details }) {
  const { error, type: kind } = details;
  const idle = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
  const failed = type === 'test:fail' ? { failure: error?.failureType, message: error && messageOf(error) } : {};
  send({ type, name, nesting, line, idle, suite: kind === 'suite', ...failed });
}

send({ type: 'loaded' });

export default async function* report(source) {
  if (reporting) return;
  reporting = true;
  for await (const { type, data } of source) {
    if (type === 'test:start') send({ type, name: data.name, nesting: data.nesting });
    else if (type === 'test:pass' || type === 'test:fail') result(type, data);
    else if (type === 'test:summary') send({ type, success: data.success, tests: data.counts.tests });
  }
}
`;
