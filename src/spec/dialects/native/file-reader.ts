import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Draft } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { Block, Heading, Item, Paragraph } from '../../markdown/block.ts';
import { placeIn, plainText } from '../../markdown/passage.ts';
import type { SourceSpan } from '../../model.ts';
import { BulletReader, looksLabelled } from './bullet-reader.ts';
import { labelled } from './labels.ts';
import { spanFrom } from './new-element.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';

/** Reads one Markdown file: headings name sections, bullets are elements, the rest is prose. */
export class FileReader {
  title: { text: string; source: SourceSpan } | undefined;
  readonly #account: LineAccount;
  readonly #diagnostics: DiagnosticList;
  readonly #bullets: BulletReader;
  /** The heading that nothing has followed yet. */
  #empty: Heading | undefined;

  constructor(account: LineAccount, diagnostics: DiagnosticList) {
    this.#account = account;
    this.#diagnostics = diagnostics;
    this.#bullets = new BulletReader(account, diagnostics);
  }

  get drafts(): readonly Draft[] {
    return this.#bullets.drafts;
  }

  /** A block; lists come item by item. */
  block = (block: Block): void => {
    this.#settleHeading(block);
    if (block.type === 'heading') this.#readHeading(block);
    else if (block.type === 'paragraph') this.#readParagraph(block);
    else if (block.type !== 'list') reportVerbatim(block, this.#account, this.#diagnostics);
  };

  item = (item: Item): void => {
    this.#empty = undefined;
    this.#bullets.readItem(item);
  };

  end(): void {
    this.#settleHeading(undefined);
  }

  #readHeading(heading: Heading): void {
    this.#account.mark(heading, 'heading');
    const text = plainText(heading.text.text);
    const isTitle = heading.level === 1 && this.title === undefined;
    if (isTitle) this.title = { text, source: spanFrom(heading.text, heading) };
    const label = labelled(heading.text);
    if (label?.element !== undefined && !isTitle) return this.#bullets.readElementHead(label.element, label.rest, heading);
    this.#bullets.enterSection(text);
    if (!isTitle) this.#empty = heading;
  }

  /** A section is empty if the next thing is a heading that is no part of it, or the end. */
  #settleHeading(next: Block | undefined): void {
    const heading = this.#empty;
    this.#empty = undefined;
    if (heading === undefined || (next !== undefined && !(next.type === 'heading' && next.level <= heading.level))) return;
    const message = `The section \`${plainText(heading.text.text)}\` is empty.`;
    this.#diagnostics.report('SPEC_SECTION_EMPTY', placeIn(heading.text), { message, hint: 'Fill it or remove it.' });
  }

  #readParagraph(paragraph: Paragraph): void {
    if (this.#bullets.readLabelledParagraph(paragraph.text, paragraph)) return;
    if (!looksLabelled(paragraph.text)) return this.#account.mark(paragraph, 'prose');
    const message = 'A label counts only at the beginning of a bullet.';
    this.#diagnostics.report('SPEC_LINE_NOT_UNDERSTOOD', placeIn(paragraph.text), { message, hint: 'Put `- ` before it.' });
  }
}
