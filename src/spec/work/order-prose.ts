import type { DiagnosticList } from '../diagnostic-list.ts';
import type { Place } from '../source-text.ts';
import { lineNumbers } from './line-numbers.ts';

/** Tells once for a file of all its lines that speak of an order of tasks in words. */
export function reportOrderProse(places: readonly Place[], diagnostics: DiagnosticList, hint: string): void {
  const [first] = places;
  if (first === undefined) return;
  const lines = [...new Set(places.map((place) => place.line))].toSorted((a, b) => a - b);
  const shown = lineNumbers(lines);
  const message =
    lines.length === 1
      ? `Line ${shown} speaks of an order of tasks in words; it makes no dependency.`
      : `${lines.length} lines speak of an order of tasks in words (${shown}); they make no dependencies.`;
  diagnostics.report('SPEC_DEPENDENCY_PROSE', first, { message, hint });
}
