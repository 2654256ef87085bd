import type { DiagnosticCode } from '../diagnostics.ts';

/** Where a diagnostic is explained: a page of the package and of its repository, and the anchor in it. It has no address of its own. */
export function helpPage(code: DiagnosticCode): string {
  return `docs/diagnostics.md#${code}`;
}
