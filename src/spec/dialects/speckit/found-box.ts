import type { LineAccount } from '../../line-account.ts';
import { type Item, itemHead, type Lines } from '../../markdown/block.ts';
import { boxAt, type Checkbox } from '../../markdown/checkbox.ts';
import { type Passage, placeIn } from '../../markdown/passage.ts';
import type { Box, SourceSpan } from '../../model.ts';
import { lineText } from '../../source-text.ts';

/** A checkbox of `tasks.md`, in a list or in a heading. */
export interface FoundBox {
  lines: Lines;
  head: Passage;
  box: Checkbox;
  /** What stands under it, as written. */
  details: string | undefined;
  /** What of it names files, where not the head alone does. */
  files?: string;
  account: LineAccount;
}

export function spanOf({ head, lines }: FoundBox): SourceSpan {
  const { file, column } = placeIn(head);
  return { file, line: lines.line, column, endLine: lines.endLine };
}

/** Where the mark stands, if there is room for one. */
export function markOf({ account, lines }: FoundBox): { box?: Box } {
  const box = boxAt(lineText(account.source, lines.line), lines.line);
  return box === undefined ? {} : { box };
}

/** The last line of an item before the lists in it. */
export function lastOwnLine(item: Item): number {
  const list = item.blocks.find((block) => block.type === 'list');
  return list === undefined ? item.endLine : Math.max(item.line, list.line - 1);
}

const MAX_DETAILS = 20_000;

/** What stands under the head of an item, as written. */
export function detailsOf(item: Item, { source }: LineAccount): string | undefined {
  const from = (itemHead(item) === undefined ? item.line : (item.blocks[0]?.endLine ?? item.line)) + 1;
  const lines: string[] = [];
  let length = 0;
  for (let line = from; line <= item.endLine && length < MAX_DETAILS; line++) {
    const text = lineText(source, line);
    lines.push(text);
    length += text.length;
  }
  const details = lines.join('\n').trim();
  return details === '' ? undefined : details;
}
