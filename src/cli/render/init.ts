import { relative } from 'node:path';

import type { InitView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';

/** A single file is the bundle; several are, with their folder. What compiles by itself needs no agent. */
export function renderInit({ path, files, template }: InitView, { paint }: Screen, { cwd }: { cwd: string }): string {
  const near = (file: string): string => [relative(cwd, path), file].filter((part) => part !== '').join('/');
  const made = files.map((file) => `${paint.green('created')} ${near(file)}\n`);
  const bundle = files.length === 1 ? near(files[0] ?? '') : relative(cwd, path) || '.';
  const apply = template === 'native' ? [`apply ${bundle}`] : ['agents list', `apply ${bundle} --agent NAME`];
  const next = [`plan ${bundle}`, ...apply].map((command) => `  ${paint.cyan(`spec-kit ${command}`)}\n`);
  return `${made.join('')}\nNext:\n${next.join('')}`;
}
