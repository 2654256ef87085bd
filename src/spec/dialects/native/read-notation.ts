import type { NotationShape } from '../../contracts/draft.ts';
import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Lines } from '../../markdown/block.ts';
import { type Passage, placeIn } from '../../markdown/passage.ts';
import { parseNotation } from '../../notation/parse-notation.ts';
import { NotationFault } from '../../notation/syntax.ts';
import { lineStart, lineText, placeAt, type SourceText } from '../../source-text.ts';

interface Range {
  from: number;
  to: number;
}

/** Reads the notation in the text after `Schema:`. It begins at the first backtick or brace; text after its code span is prose. */
export function readNotation(passage: Passage, source: SourceText, diagnostics: DiagnosticList): NotationShape | undefined {
  const { line, column } = placeIn(passage);
  const last = passage.marks.at(-1)?.line ?? line;
  const from = lineStart(source, line) + column - 1;
  const to = lineStart(source, last) + lineText(source, last).length;
  const start = source.text.slice(from, to).search(/[`{]/);
  return readRange({ from: from + Math.max(0, start), to }, source, diagnostics);
}

/** Reads the notation between the marks of a code fence. */
export function readFencedNotation(fence: Lines, source: SourceText, diagnostics: DiagnosticList): NotationShape | undefined {
  return readRange(
    { from: lineStart(source, fence.line + 1), to: Math.max(0, lineStart(source, fence.endLine) - 1) },
    source,
    diagnostics,
  );
}

function readRange({ from, to }: Range, source: SourceText, diagnostics: DiagnosticList): NotationShape | undefined {
  try {
    const { type, end } = parseNotation(source.text, from, to);
    refuseRest({ from: end, to }, source);
    return { by: 'notation', type, source };
  } catch (error) {
    if (!(error instanceof NotationFault)) throw error;
    diagnostics.report(error.code, placeAt(source, error.offset), { message: error.message, hint: error.hint });
    return undefined;
  }
}

/** Between the notation and the end of its code span there must be nothing. */
function refuseRest({ from, to }: Range, source: SourceText): void {
  const rest = source.text.slice(from, to);
  const span = rest.includes('`') ? rest.slice(0, rest.indexOf('`')) : rest.replace(/[.;,。]\s*$/, '');
  if (span.trim() === '') return;
  const offset = from + span.length - span.trimStart().length;
  throw new NotationFault(offset, 'The schema has ended, but more follows.', { hint: 'Check the braces before this place.' });
}
