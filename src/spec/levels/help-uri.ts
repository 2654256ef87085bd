import type { DiagnosticCode } from '../diagnostics.ts';

/** Where `docs/diagnostics.md` is published. */
const DIAGNOSTICS_PAGE = 'https://agentnexus.dev/docs/diagnostics';

/** Where a diagnostic is explained: an anchor in `docs/diagnostics.md`. */
export function helpUri(code: DiagnosticCode): string {
  return `${DIAGNOSTICS_PAGE}#${code}`;
}
