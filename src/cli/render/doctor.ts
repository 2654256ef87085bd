import type { DoctorView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { indented } from './facts.ts';
import { painted } from './state.ts';

export function renderDoctor({ checks, healthy }: DoctorView, { paint }: Screen): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status, message, hint }) => {
    const advice = hint === null ? '' : `${' '.repeat(width + 11)}${paint.cyan('hint:')} ${hint}\n`;
    return `${painted(status.padEnd(7), paint)}  ${name.padEnd(width)}  ${indented(message, width + 11)}\n${advice}`;
  });
  return `${lines.join('')}\n${healthy ? paint.green('Everything needed is here.') : paint.red('Something needed is missing.')}\n`;
}
