import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { onTestFinished } from 'vitest';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');

/** A `spec-kit` command as a process of its own, in the workspace `ws` of the folder. */
export interface SpecKit {
  child: ChildProcess;
  /** What it has said of its progress so far. */
  stderr: () => string;
  /** Resolves when the progress holds `text`; rejects if the process ends before. */
  says: (text: string) => Promise<void>;
  ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

export function specKit(where: string | { cwd: string; env: Record<string, string> }, ...args: string[]): SpecKit {
  const { cwd, env } = typeof where === 'string' ? { cwd: where, env: {} } : where;
  const child = spawn(process.execPath, [BIN, ...args, '--workspace', 'ws'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const ended = new Promise<Awaited<SpecKit['ended']>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout: out.join(''), stderr: err.join('') }));
  });
  const stderr = (): string => err.join('');
  return {
    child,
    stderr,
    ended,
    async says(text) {
      while (!stderr().includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended without saying ${text}: ${stderr()}`);
        await sleep(10);
      }
    },
  };
}

/** A folder with these files, which goes when the test does. */
export function folderWith(files: Record<string, string>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'processes-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  return cwd;
}

/** A bundle of tasks, one after the other; `side`: beside each other. */
export function tasksFile(title: string, count: number, { side = false } = {}): string {
  const lines = Array.from(
    { length: count },
    (_, at) => `- [ ] T${String(at + 1).padStart(3, '0')}${side ? ' [P]' : ''} Write ${title} ${at + 1}`,
  );
  return `# Tasks: ${title}\n\n## Phase 1\n\n${lines.join('\n')}\n`;
}
