import MarkdownIt, { type Token } from 'markdown-it';

import { isBlankLine, lineText, type SourceText } from '../source-text.ts';
import type { Block, Item, Lines, List, Verbatim } from './block.ts';
import type { Mark, Passage } from './passage.ts';

/** Open containers in markdown-it's count; a list in a list takes two. */
const MAX_NESTING = 100;

/** CommonMark's block structure only: inline text stays as it is written. */
const parser = new MarkdownIt('commonmark', { maxNesting: MAX_NESTING });
// Link definitions would vanish from the tokens; as paragraphs they stay accounted for.
parser.block.ruler.disable('reference');
// Wherever a block begins, all before it are told and forgotten: the tokens of a large file take many times its own room.
parser.block.ruler.before('code', 'told', ({ tokens, env }, _from, _to, silent) => {
  if (!silent && env['builder'] instanceof TreeBuilder) tell(tokens, env['builder']);
  return false;
});

function tell(tokens: Token[], builder: TreeBuilder): void {
  for (const token of tokens) builder.take(token);
  tokens.length = 0;
}

/** The blocks of a Markdown file, each with its lines. The first `skipLines` lines (front matter) count as blank. */
export function parseMarkdown(source: SourceText, skipLines = 0): Block[] {
  const blocks: Block[] = [];
  parse(source, skipLines, new TreeBuilder(source, { block: (block) => blocks.push(block) }));
  return blocks;
}

/** Where blocks go that nobody keeps. */
export interface BlockSink {
  block: (block: Block) => void;
  /** Takes the items of outermost lists one by one; their lists are not told then. */
  item?: (item: Item) => void;
}

/** As `parseMarkdown`, block by block in their order: what is read and done with leaves no trace, however long the file. */
export function walkMarkdown(source: SourceText, skipLines: number, sink: Required<BlockSink>): void {
  parse(source, skipLines, new TreeBuilder(source, sink));
}

function parse(source: SourceText, skipLines: number, builder: TreeBuilder): void {
  const text =
    skipLines === 0 ? source.text : '\n'.repeat(skipLines) + source.text.slice(source.starts[skipLines] ?? source.text.length);
  const tokens: Token[] = [];
  parser.block.parse(text, parser, { builder }, tokens);
  tell(tokens, builder);
}

/** A block that is not closed yet: where it ends is known when it is. */
interface Open<B> {
  block: B;
  token: Token;
}

/** Turns markdown-it's flat tokens into a tree. */
class TreeBuilder {
  readonly #source: SourceText;
  readonly #sink: BlockSink;
  readonly #lists: Open<List>[] = [];
  readonly #items: Open<Item>[] = [];
  readonly #quotes: Open<Verbatim | undefined>[] = [];
  #before: Token | undefined;

  constructor(source: SourceText, sink: BlockSink) {
    this.#source = source;
    this.#sink = sink;
  }

  take(token: Token): void {
    if (token.type === 'blockquote_close') this.#closeQuote();
    else if (token.type === 'blockquote_open') this.#openQuote(token);
    else if (this.#quotes.length === 0) this.#build(token);
    this.#before = token;
  }

  #build(token: Token): void {
    switch (token.type) {
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.#openList({ type: 'list', items: [], ...this.#linesOf(token) }, token);
      case 'list_item_open':
        return this.#openItem(
          { type: 'item', blocks: [], tooDeep: token.level >= MAX_NESTING - 3, ...this.#linesOf(token) },
          token,
        );
      case 'bullet_list_close':
      case 'ordered_list_close':
        return this.#closeList();
      case 'list_item_close':
        return this.#closeItem();
      case 'inline':
        return this.#addText(token, this.#before);
      default:
        this.#addVerbatim(token);
    }
  }

  #addVerbatim(token: Token): void {
    const block = this.#verbatim(token);
    if (block !== undefined) this.#add(block);
  }

  #openList(block: List, token: Token): void {
    this.#lists.push({ block, token });
  }

  #closeList(): void {
    const list = this.#lists.pop();
    if (list === undefined) return;
    this.#end(list);
    if (this.#items.length > 0 || this.#sink.item === undefined) this.#add(list.block);
  }

  #openItem(block: Item, token: Token): void {
    this.#items.push({ block, token });
  }

  #closeItem(): void {
    const item = this.#items.pop();
    if (item === undefined) return;
    this.#end(item);
    if (this.#items.length === 0 && this.#sink.item !== undefined) this.#sink.item(item.block);
    else this.#lists.at(-1)?.block.items.push(item.block);
  }

  /** Nothing inside of a quote is read. */
  #openQuote(token: Token): void {
    this.#quotes.push({ block: this.#verbatim(token), token });
  }

  #closeQuote(): void {
    const quote = this.#quotes.pop();
    if (quote?.block === undefined || this.#quotes.length > 0) return;
    this.#end({ block: quote.block, token: quote.token });
    this.#add(quote.block);
  }

  #end({ block, token }: Open<Lines>): void {
    block.endLine = this.#linesOf(token).endLine;
  }

  #add(block: Block): void {
    const item = this.#items.at(-1)?.block;
    if (item === undefined) this.#sink.block(block);
    else item.blocks.push(block);
  }

  #addText(token: Token, opening: Token | undefined): void {
    const lines = this.#linesOf(opening ?? token);
    const text = this.#passage(token);
    const level = Number(opening?.tag.slice(1));
    const block: Block =
      opening?.type === 'heading_open' ? { type: 'heading', level, text, ...lines } : { type: 'paragraph', text, ...lines };
    this.#add(block);
  }

  #verbatim(token: Token): Verbatim | undefined {
    const type = VERBATIM.get(token.type);
    if (type === undefined) return undefined;
    const lines = this.#linesOf(token);
    const language = token.info.trim().split(/\s/, 1)[0]?.toLowerCase() ?? '';
    const closed = type !== 'fence' || this.#isClosed(token, lines);
    return { type, language, closed, ...lines };
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
