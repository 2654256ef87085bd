import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, onTestFinished } from 'vitest';

const run = promisify(execFile);

/** Whether there is a tmux to be a terminal. */
export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A terminal of tmux with a shell in it. */
export interface Tmux {
  type: (...keys: string[]) => Promise<void>;
  /** The rows as they can be seen, without blanks at their ends. */
  rows: () => Promise<string[]>;
  screen: () => Promise<string>;
  shows: (text: string | RegExp, timeout?: number) => Promise<void>;
  resize: (columns: number, rows: number) => Promise<void>;
  /** Whether a program has the alternate screen. */
  isAlternate: () => Promise<boolean>;
  /** Process ids below the shell. */
  children: () => Promise<number[]>;
}

export async function openTmux({
  cwd,
  env = {},
  size = [80, 24],
}: {
  cwd: string;
  env?: Record<string, string>;
  size?: [number, number];
}): Promise<Tmux> {
  // A server of its own for each terminal, which goes with the test.
  const socket = join(cwd, 'tmux.sock');
  const tmux = async (...args: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout;
  const variables = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8', PS1: '$ ', TERM: 'screen-256color', ...env };
  const shell = `env -i ${Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'`)
    .join(' ')} sh`;
  await tmux('new-session', '-d', '-x', String(size[0]), '-y', String(size[1]), '-c', cwd, shell);
  onTestFinished(async () => void (await tmux('kill-server').catch(() => undefined)));
  const terminal: Tmux = {
    type: async (...keys) => void (await tmux('send-keys', ...keys)),
    screen: async () => tmux('capture-pane', '-p'),
    rows: async () => (await terminal.screen()).split('\n').map((row) => row.trimEnd()),
    shows: async (text, timeout = 30_000) => {
      await expect.poll(terminal.screen, { timeout, interval: 50 }).toMatch(text);
    },
    resize: async (columns, rows) => void (await tmux('resize-window', '-x', String(columns), '-y', String(rows))),
    isAlternate: async () => (await tmux('display-message', '-p', '#{alternate_on}')).trim() === '1',
    async children() {
      const shellPid = (await tmux('display-message', '-p', '#{pane_pid}')).trim();
      const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', shellPid]).catch(() => ({ stdout: '' }));
      return stdout
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 0);
    },
  };
  return terminal;
}
