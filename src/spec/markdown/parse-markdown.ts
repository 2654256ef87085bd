import MarkdownIt, { type Token } from 'markdown-it';

import { isBlankLine, lineText, type SourceText } from '../source-text.ts';
import type { Block, Item, Lines, List, Verbatim } from './block.ts';
import type { Mark, Passage } from './passage.ts';

/** Open containers in markdown-it's count; a list in a list takes two. */
const MAX_NESTING = 100;

/** CommonMark's block structure only: inline text stays as it is written. */
const parser = new MarkdownIt('commonmark', { maxNesting: MAX_NESTING });
parser.core.ruler.enableOnly(['normalize', 'block']);
// Link definitions would vanish from the tokens; as paragraphs they stay accounted for.
parser.block.ruler.disable('reference');

/** The blocks of a Markdown file, each with its lines. The first `skipLines` lines (front matter) count as blank. */
export function parseMarkdown(source: SourceText, skipLines = 0): Block[] {
  const text =
    skipLines === 0 ? source.text : '\n'.repeat(skipLines) + source.text.slice(source.starts[skipLines] ?? source.text.length);
  return new TreeBuilder(source).build(parser.parse(text, {}));
}

interface Container extends Lines {
  blocks: Block[];
}

/** Turns markdown-it's flat tokens into a tree. */
class TreeBuilder {
  readonly #source: SourceText;
  readonly #lists: List[] = [];
  readonly #containers: Container[] = [{ blocks: [], line: 1, endLine: 1 }];
  #quotes = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  build(tokens: readonly Token[]): Block[] {
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'blockquote_close') this.#quotes -= 1;
      else if (this.#quotes === 0) this.#take(token, tokens[index - 1]);
      if (token.type === 'blockquote_open') this.#quotes += 1;
    }
    return this.#containers[0]?.blocks ?? [];
  }

  #take(token: Token, before: Token | undefined): void {
    switch (token.type) {
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.#openList({ type: 'list', items: [], ...this.#linesOf(token) });
      case 'list_item_open':
        return this.#openItem({ type: 'item', blocks: [], tooDeep: token.level >= MAX_NESTING - 3, ...this.#linesOf(token) });
      case 'bullet_list_close':
      case 'ordered_list_close':
        this.#lists.pop();
        return;
      case 'list_item_close':
        this.#containers.pop();
        return;
      case 'inline':
        return this.#addText(token, before);
      default:
        return this.#addVerbatim(token);
    }
  }

  #openList(list: List): void {
    this.#containers.at(-1)?.blocks.push(list);
    this.#lists.push(list);
  }

  #openItem(item: Item): void {
    this.#lists.at(-1)?.items.push(item);
    this.#containers.push(item);
  }

  #addText(token: Token, opening: Token | undefined): void {
    const lines = this.#linesOf(opening ?? token);
    const text = this.#passage(token);
    const level = Number(opening?.tag.slice(1));
    const block: Block =
      opening?.type === 'heading_open' ? { type: 'heading', level, text, ...lines } : { type: 'paragraph', text, ...lines };
    this.#containers.at(-1)?.blocks.push(block);
  }

  #addVerbatim(token: Token): void {
    const type = VERBATIM.get(token.type);
    if (type === undefined) return;
    const lines = this.#linesOf(token);
    const language = token.info.trim().split(/\s/, 1)[0]?.toLowerCase() ?? '';
    const closed = type !== 'fence' || this.#isClosed(token, lines);
    this.#containers.at(-1)?.blocks.push({ type, language, closed, ...lines });
  }

  #isClosed(token: Token, lines: Lines): boolean {
    return lines.endLine > lines.line && lineText(this.#source, lines.endLine).trimStart().startsWith(token.markup);
  }

  #linesOf(token: Token): Lines {
    const [from, to] = token.map ?? [0, 0];
    let endLine = Math.min(to, this.#source.lineCount);
    while (endLine > from + 1 && isBlankLine(this.#source, endLine)) endLine -= 1;
    return { line: from + 1, endLine: Math.max(endLine, from + 1) };
  }

  /** Each line of a block's content is the end of a source line: what stands before it are markers and indentation. */
  #passage(token: Token): Passage {
    const first = (token.map?.[0] ?? 0) + 1;
    if (!token.content.includes('\n'))
      return { text: token.content, file: this.#source.path, marks: [this.#mark(token.content, { at: 0, line: first })] };
    const parts: string[] = [];
    const marks: Mark[] = [];
    let at = 0;
    for (const [index, raw] of token.content.split('\n').entries()) {
      const part = raw.trim();
      const line = first + index;
      if (part === '') continue;
      marks.push(this.#mark(part, { at, line }));
      parts.push(part);
      at += part.length + 1;
    }
    if (marks.length === 0) marks.push({ at: 0, line: first, column: 1 });
    return { text: parts.join(' '), file: this.#source.path, marks };
  }

  #mark(part: string, { at, line }: { at: number; line: number }): Mark {
    return { at, line, column: Math.max(0, lineText(this.#source, line).lastIndexOf(part)) + 1 };
  }
}

const VERBATIM = new Map<string, Verbatim['type']>([
  ['fence', 'fence'],
  ['code_block', 'code'],
  ['html_block', 'html'],
  ['blockquote_open', 'quote'],
  ['hr', 'rule'],
]);
