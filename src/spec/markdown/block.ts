import type { Passage } from './passage.ts';

/** First and last line, from 1, blank lines at the end left out. */
export interface Lines {
  line: number;
  endLine: number;
}

export interface Heading extends Lines {
  type: 'heading';
  level: number;
  text: Passage;
}

export interface Paragraph extends Lines {
  type: 'paragraph';
  text: Passage;
}

export interface List extends Lines {
  type: 'list';
  items: Item[];
}

export interface Item extends Lines {
  type: 'item';
  blocks: Block[];
  /** Its content lies deeper than is read. */
  tooDeep: boolean;
}

/** A block whose inside is not read as Markdown. */
export interface Verbatim extends Lines {
  type: 'fence' | 'code' | 'html' | 'quote' | 'rule';
  /** Language of a fence: its first word, in lower case. */
  language: string;
  /** False for a fence that runs to the end of the file for want of an end. */
  closed: boolean;
}

export type Block = Heading | Paragraph | List | Verbatim;

/** The text that an item begins with, if it begins with text. */
export function itemHead(item: Item): Passage | undefined {
  const [first] = item.blocks;
  return first?.type === 'paragraph' ? first.text : undefined;
}

/** The items of the lists directly inside an item. */
export function subItems(item: Item): Item[] {
  return item.blocks.flatMap((block) => (block.type === 'list' ? block.items : []));
}
