import type { Diagnostic } from '../../spec/diagnostics.ts';
import { bundleLocator } from '../bundle-path.ts';
import type { ErrorDocument } from '../document.ts';
import type { Screen } from '../screen.ts';
import { renderDiagnostics } from './diagnostics.ts';

/** `error[CODE]: message`, where it is, and what can be done about it. */
export function renderError({ code, message, hint, details = {} }: ErrorDocument, screen: Screen): string {
  const { paint } = screen;
  const head = `${paint.red(paint.bold(`error[${code}]`))}: ${message}\n`;
  const tail = hint === undefined ? '' : `${paint.cyan('hint:')} ${hint}\n`;
  const diagnostics = diagnosticsIn(details);
  const problems = diagnostics.length === 0 ? '' : renderDiagnostics(diagnostics, screen, located(details));
  return `${problems}${head}${place(details)}${choices(details)}${tail}`;
}

function located({ bundle }: Record<string, unknown>): { locate?: (file: string) => string } {
  return typeof bundle === 'string' ? { locate: bundleLocator(bundle, process.cwd()) } : {};
}

function place({ file, line, column }: Record<string, unknown>): string {
  if (typeof file !== 'string' || typeof line !== 'number') return '';
  return `  --> ${file}:${line}${typeof column === 'number' ? `:${column}` : ''}\n`;
}

/** Ids among which the user has to choose, and the like: every detail that is a list of texts. */
function choices(details: Record<string, unknown>): string {
  const lists = Object.values(details).filter(
    (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  );
  return lists
    .flat()
    .map((item) => `  ${item}\n`)
    .join('');
}

function diagnosticsIn({ diagnostics }: Record<string, unknown>): Diagnostic[] {
  return Array.isArray(diagnostics) ? diagnostics.filter(isDiagnostic) : [];
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return (
    typeof value === 'object' && value !== null && 'severity' in value && 'file' in value && 'line' in value && 'code' in value
  );
}
