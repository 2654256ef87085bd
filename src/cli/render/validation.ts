import { basename } from 'node:path';

import { counted } from '../../base/text.ts';
import type { ValidationView } from '../../runtime/app/views.ts';
import { helpPage } from '../../spec/levels/help-page.ts';
import type { Screen } from '../screen.ts';
import { countedDiagnostics, renderCoverage, renderDiagnostics } from './diagnostics.ts';

export function renderValidation(view: ValidationView, screen: Screen, options: { locate: (file: string) => string }): string {
  const { paint } = screen;
  const { title, dialect } = view.specification;
  const verdict = view.valid ? paint.green('valid') : paint.red('not valid');
  const problems = renderDiagnostics(view.diagnostics, screen, options);
  const gap = problems === '' ? '' : '\n';
  const head = `${paint.bold(title)} (${dialect}): ${verdict}, ${countedDiagnostics(view.diagnostics)}${turnedOff(view)}\n`;
  return `${problems}${gap}${head}${renderCoverage(view.coverage)}${help(view, screen)}`;
}

function turnedOff({ config }: ValidationView): string {
  return config === undefined || config.off === 0
    ? ''
    : `, ${counted(config.off, 'turned off', 'turned off')} by ${basename(config.path)}`;
}

/** Where the codes are explained; the first one stands for all. */
function help({ diagnostics: [first] }: ValidationView, { paint }: Screen): string {
  return first === undefined ? '' : `${paint.dim(`help: ${helpPage(first.code)}`)}\n`;
}
