import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessOptions } from '../process.ts';
import { type ProcessResult, supervise } from '../supervise.ts';
import { type ConfinedEnd, type Confinement, DEFAULT_LIMITS, type Limits, type Sandbox } from './sandbox.ts';

/** Where a confined process works, and what it may see and reach besides. */
export type Room = Pick<Confinement, 'workspace' | 'home'> &
  Partial<Pick<Confinement, 'temp' | 'read' | 'denyRead' | 'denyWrite' | 'hosts'>> & { limits?: Partial<Limits> };

/**
 * As `runProcess`, within walls: the same result, whatever holds the process. Throws `SANDBOX_MISSING` rather than running anything without them; who
 * passes a limit that is watched was `signalled`, and stderr says so.
 */
export async function runConfined(
  argv: readonly [string, ...string[]],
  { sandbox, room, ...options }: ProcessOptions & { sandbox: Sandbox; room: Room },
): Promise<ProcessResult> {
  const temp = room.temp ?? join(room.home, 'tmp');
  mkdirSync(temp, { recursive: true });
  const [workspace, cwd] = [realpathSync(room.workspace), realpathSync(options.cwd)];
  const controller = new AbortController();
  const child = await sandbox.start(
    cwd === workspace ? argv : ['/usr/bin/env', '-C', cwd, '--', ...argv],
    {
      read: [],
      denyRead: [],
      denyWrite: [],
      hosts: [],
      ...room,
      workspace,
      home: realpathSync(room.home),
      temp: realpathSync(temp),
      env: options.env,
      // The supervision has a clock of its own.
      limits: { ...DEFAULT_LIMITS, ...room.limits, wallMs: options.timeoutMs + 60_000 },
      records: options.onChannel !== undefined,
    },
    controller.signal,
  );
  child.stdin.end(options.input ?? '');
  let passed: ConfinedEnd | undefined;
  const exit = child.ended.then(({ ended, code, signal }) => {
    if (ended !== 'memory' && ended !== 'disk') return { code, signal };
    passed = ended;
    return { code: undefined, signal: 'SIGKILL' };
  });
  const channel = options.onChannel === undefined ? undefined : child.records;
  const result = await supervise(
    { stdout: child.stdout, stderr: child.errors, channel, kill: () => child.kill(), exit },
    options,
  );
  const words = passed === undefined ? '' : `\nIt used more ${passed} than it may.\n`;
  return { ...result, stderr: result.stderr + words };
}
