import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const BUNDLE = join(ROOT, 'templates', 'native');

/** `apply` of one contract; `onLine` hears each line of progress. */
function apply(
  cwd: string,
  onLine: (line: string, child: ChildProcess) => void,
): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bin', 'spec-kit.js'), 'apply', BUNDLE, '--workspace', 'ws', '--only', 'contract:parcel'],
    {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const lines: string[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      onLine(line, child);
    }
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, lines })));
}

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('finishes what runs and ends with 130; the same command goes on', { timeout: 60_000 }, async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'stop-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));

    const stopped = await apply(cwd, (line, child) => line.includes('start   scaffold') && child.kill('SIGINT'));
    expect(stopped.lines).toContain('finishing running tasks, press again to stop');
    expect(stopped.lines.join('\n')).toContain('task    ok      scaffold');
    expect(stopped.lines.join('\n')).not.toContain('contract:parcel');
    expect(stopped.code).toBe(130);

    const { code, lines } = await apply(cwd, () => {});
    expect(code).toBe(0);
    expect(lines[0]).toContain('mission resume');
    expect(lines.join('\n')).not.toContain('start   scaffold');
    expect(lines.join('\n')).toContain('task    ok      contract:parcel');
  });
});
