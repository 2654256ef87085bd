import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from 'vitest';

import { checkDocuments } from './check-documents.ts';
import { matches, parseTextScript, type Step, type TextScript } from './text-script.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

/** Runs a text script in `folder`, which is empty; every JSON document that is printed must meet its schema. */
export async function runTextScript(text: string, folder: string): Promise<void> {
  const script = parseTextScript(text);
  const cwd = join(folder, 'work');
  for (const [path, content] of script.files) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  mkdirSync(cwd, { recursive: true });
  mkdirSync(join(folder, 'home'), { recursive: true });
  for (const step of script.steps) await perform(step, { cwd, home: join(folder, 'home'), script });
}

interface Place {
  cwd: string;
  home: string;
  script: TextScript;
}

async function perform(step: Step, place: Place): Promise<void> {
  const path = 'path' in step ? join(place.cwd, step.path) : '';
  const about = `line ${step.line}`;
  switch (step.do) {
    case 'run':
      return run(step, place);
    case 'exists':
      return expect(existsSync(path), `${about}: ${path} exists`).toBe(true);
    case 'absent':
      return expect(existsSync(path), `${about}: ${path} exists`).toBe(false);
    case 'same':
      return expect(readFileSync(path, 'utf8'), about).toBe(place.script.files.get(step.path));
    case 'like':
      return expect(readFileSync(path, 'utf8'), about).toBe(place.script.files.get(step.value));
    case 'bytes':
      return writeFileSync(path, Buffer.from(step.value, 'hex'));
    case 'link':
      return symlinkSync(step.value, path);
    case 'flip':
      return flip(path);
    case 'replace':
      return replace(path, step);
  }
}

async function run(step: Extract<Step, { do: 'run' }>, { cwd, home }: Place): Promise<void> {
  const { code, stdout, stderr } = await execute(step.argv, { cwd, home, env: step.env });
  const shown = { exit: code, stdout: linesOf(stdout, cwd), stderr: linesOf(stderr, cwd) };
  const wanted = { exit: step.exit, stdout: step.stdout, stderr: step.stderr };
  const isRight = code === step.exit && matches(shown.stdout, step.stdout) && matches(shown.stderr, step.stderr);
  if (!isRight) expect(shown, `line ${step.line}: ${step.argv.join(' ')}`).toEqual(wanted);
  checkDocuments(stdout);
}

/** The same commits every time, and nothing of the machine's configuration. */
const GIT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

interface Execution {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function execute(
  argv: readonly string[],
  { cwd, home, env }: { cwd: string; home: string; env: Record<string, string> },
): Promise<Execution> {
  const [program, ...args] = argv;
  if (program !== 'spec-kit' && program !== 'git') throw new Error(`only spec-kit and git can be run, not ${program}`);
  const [file, first] = program === 'git' ? ['git', args] : [process.execPath, [BIN, ...args]];
  const own = program === 'git' ? GIT : {};
  const child = spawn(file, first, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString('utf8');
}

function linesOf(text: string, cwd: string): string[] {
  const lines = text.replaceAll(cwd, '[CWD]').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes, { mode: 0o644 });
}

function replace(path: string, { from, to }: { from: string; to: string }): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}
