import { relative } from 'node:path';

import type { InitView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';

export function renderInit({ path, files }: InitView, { paint }: Screen, { cwd }: { cwd: string }): string {
  const near = (file: string): string => [relative(cwd, path), file].filter((part) => part !== '').join('/');
  const made = files.map((file) => `${paint.green('created')} ${near(file)}\n`);
  const bundle = near(files[0] ?? '');
  return `${made.join('')}\nNext:\n${['plan', 'apply'].map((command) => `  ${paint.cyan(`spec-kit ${command} ${bundle}`)}\n`).join('')}`;
}
