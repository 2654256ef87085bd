import { relative } from 'node:path';

import { counted } from '../../base/text.ts';
import type { LockView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';

/** What became of the lock file, and how it differs from the one before. */
export function renderLock({ path, state, tasks, diff }: LockView, cwd: string): string {
  const near = relative(cwd, path);
  const shown = near.startsWith('..') ? path : near;
  if (state === 'unchanged') return `lock: ${shown} is current, nothing was written (${counted(tasks, 'task')})\n`;
  return `${diff.map((line) => `  ${oneLine(line)}\n`).join('')}lock: wrote ${shown} (${counted(tasks, 'task')})\n`;
}
