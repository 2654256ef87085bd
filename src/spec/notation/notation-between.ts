import { parseNotation } from './parse-notation.ts';
import { NotationFault, type TypeNode } from './syntax.ts';

/** The type that stands between two offsets of a text, and nothing else with it. Throws `NotationFault`. */
export function notationBetween(text: string, from: number, to: number): TypeNode {
  const { type, end } = parseNotation(text, from, to);
  refuseRest(text, end, to);
  return type;
}

/** Between the notation and the end of its code span there must be nothing. */
function refuseRest(text: string, from: number, to: number): void {
  const rest = text.slice(from, to);
  const span = rest.includes('`') ? rest.slice(0, rest.indexOf('`')) : rest.replace(/[.;,。]\s*$/, '');
  if (span.trim() === '') return;
  const offset = from + span.length - span.trimStart().length;
  throw new NotationFault(offset, 'The schema has ended, but more follows.', { hint: 'Check the braces before this place.' });
}
