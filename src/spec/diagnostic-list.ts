import { DIAGNOSTICS, type Diagnostic, type DiagnosticCode } from './diagnostics.ts';
import type { Place } from './source-text.ts';

export interface Finding {
  message: string;
  /** What to write instead. */
  hint: string;
  /** All files it speaks of, where they are several. */
  files?: string[];
}

/** Collects what is to be said about the source, in the order it is found. */
export class DiagnosticList {
  readonly #found: Diagnostic[] = [];

  report(code: DiagnosticCode, at: Place, finding: Finding): void {
    const { file, line, column } = at;
    this.#found.push({ severity: DIAGNOSTICS[code].severity, code, ...finding, file, line, column });
  }

  has(code: DiagnosticCode): boolean {
    return this.#found.some((each) => each.code === code);
  }

  /** In the order of the files given, then by line and column. */
  sorted(files: readonly string[]): Diagnostic[] {
    const rank = new Map(files.map((file, index) => [file, index]));
    const rankOf = ({ file }: Diagnostic): number => rank.get(file) ?? files.length;
    return this.#found.toSorted((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
  }
}
