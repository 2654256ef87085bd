import type { NotationShape } from '../../contracts/draft.ts';
import type { Lines } from '../../markdown/block.ts';
import { type Passage, placeIn } from '../../markdown/passage.ts';
import { lineStart, lineText, type SourceText } from '../../source-text.ts';

/** Where the notation after `Schema:` stands. It begins at the first backtick or brace; text after its code span is prose. */
export function notationIn(passage: Passage, source: SourceText): NotationShape {
  const { line, column } = placeIn(passage);
  const last = passage.marks.at(-1)?.line ?? line;
  const from = lineStart(source, line) + column - 1;
  const to = lineStart(source, last) + lineText(source, last).length;
  const start = source.text.slice(from, to).search(/[`{]/);
  return { by: 'notation', from: from + Math.max(0, start), to, source };
}

/** Where the notation between the marks of a code fence stands. */
export function notationInFence(fence: Lines, source: SourceText): NotationShape {
  const to = Math.max(0, lineStart(source, fence.endLine) - 1);
  return { by: 'notation', from: lineStart(source, fence.line + 1), to, source };
}
