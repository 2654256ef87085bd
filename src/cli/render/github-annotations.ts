import type { Diagnostic, Severity } from '../../spec/diagnostics.ts';

const COMMAND: Record<Severity, 'error' | 'warning' | 'notice'> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, which show diagnostics beside the lines of a pull request. */
export function githubAnnotations(diagnostics: readonly Diagnostic[], { locate }: { locate: (file: string) => string }): string {
  return diagnostics
    .map(({ severity, code, message, hint, file, line, column }) => {
      const properties = `file=${property(locate(file))},line=${line},col=${column},title=${property(code)}`;
      return `::${COMMAND[severity]} ${properties}::${data(hint === '' ? message : `${message}\n${hint}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
