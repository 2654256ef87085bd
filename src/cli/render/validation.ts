import type { ValidationView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { countedDiagnostics, renderCoverage, renderDiagnostics } from './diagnostics.ts';

export function renderValidation(view: ValidationView, screen: Screen, options: { locate: (file: string) => string }): string {
  const { paint } = screen;
  const { title, dialect } = view.specification;
  const verdict = view.valid ? paint.green('valid') : paint.red('not valid');
  const problems = renderDiagnostics(view.diagnostics, screen, options);
  const gap = problems === '' ? '' : '\n';
  return `${problems}${gap}${paint.bold(title)} (${dialect}): ${verdict}, ${countedDiagnostics(view.diagnostics)}\n${renderCoverage(view.coverage)}`;
}
