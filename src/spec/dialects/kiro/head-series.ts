import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { FOREIGN } from './foreign.ts';
import { headOf, type RequirementHead, requirementHead } from './requirement-head.ts';
import type { Row } from './rows.ts';

const HEADING =
  /^[*_]{0,2}(?<word>[\p{L}\p{M}][\p{L}\p{M} '’]{0,39}?)(?<glue>[\s#-]{0,3})(?<number>\d{1,4})\s{0,2}(?:[:：.．)）—–-]+\s{0,3}(?<title>.*)|)$/u;
/** What numbers parts of a document or priorities, and no requirements. */
const PARTS =
  /^(?:p|phase|section|part|chapter|appendix|step|stage|week|day|sprint|milestone|iteration|option|alternative|approach|risk|question|example|figure|table|layer|level|tier|issue|problem|bug)$/i;

interface Numbered {
  word: string;
  id: string;
  number: number;
  title: string;
}

/**
 * Headings that are requirements by their form alone: one word or some capital letters that number several headings from 1 on (`DR1`, `DR2`).
 * Words do so in a script in which no table of words is written (`Требование 1`), or where the file has no other requirements.
 */
export class HeadSeries {
  /** Whether headings of the file are requirements by what they say. */
  readonly hasNamed: boolean;
  readonly #words: ReadonlySet<string>;
  /** Lines of headings with a user story under them, or in a file without other requirements with criteria. */
  readonly #storied = new Set<number>();

  constructor(rows: readonly Row[]) {
    const titles = rows.flatMap(({ heading }) => (heading === undefined || heading.level < 2 ? [] : [heading.title]));
    this.hasNamed = titles.some((title) => requirementHead(title, { bare: false }) !== undefined);
    const numbers = Map.groupBy(
      titles.flatMap((title) => numberedIn(title) ?? []),
      ({ word }) => word,
    );
    let above: Row | undefined;
    for (const row of rows) {
      const { heading, text } = row;
      const hasCriteria = !this.hasNamed && says(heading?.title ?? /^\*\*[^*]{1,60}\*\*/.exec(text)?.[0] ?? '', 'acceptance');
      const isUnder = (heading?.level ?? 7) > (above?.heading?.level ?? 7);
      if (above !== undefined && isUnder && (hasCriteria || (heading === undefined && isStory(text))))
        this.#storied.add(above.line);
      if (heading !== undefined && !hasCriteria) above = row;
    }
    this.#words = new Set([...numbers].filter(([word, all]) => this.#isSeries(word, all)).map(([word]) => word));
  }

  #isSeries(word: string, all: readonly Numbered[]): boolean {
    if (!all.some(({ number }) => number === 1) || PARTS.test(word)) return false;
    if (FOREIGN.test(word)) return true;
    return all.some(({ number }) => number === 2) && (isLetters(word) || !this.hasNamed);
  }

  headOf(title: string): RequirementHead | undefined {
    const found = numberedIn(title);
    if (found === undefined || !this.#words.has(found.word)) return undefined;
    return { ...headOf(found.id, found.title, 'functional'), isForeign: FOREIGN.test(found.word) };
  }

  /** Whether a story or criteria stand under the heading of this line, so that a number is enough to make it a requirement. */
  hasStory(line: number): boolean {
    return this.#storied.has(line);
  }

  /** Whether a file has requirements as headings at all. */
  get isEmpty(): boolean {
    return !this.hasNamed && this.#words.size + this.#storied.size === 0;
  }
}

function numberedIn(title: string): Numbered | undefined {
  const { word, glue = '', number = '', title: rest = '' } = HEADING.exec(title.slice(0, 300).normalize('NFKC'))?.groups ?? {};
  if (word === undefined) return undefined;
  const isId = isLetters(word) && !/\s/.test(glue);
  return { word, id: isId ? `${word}${glue}${number}` : number, number: Number(number), title: rest };
}

/** `**User Story:** As a …` */
function isStory(text: string): boolean {
  // Most lines are none, and what they say need not be asked.
  if (!/^[^:：]{4,40}[:：]/.test(text)) return false;
  const words = normalWords(text.slice(0, 100).replace(/^[-*+>\s_]+/, ''));
  const length = leadingKeyword(words, 'story');
  return length > 0 && /^[*_\s]{0,5}[:：]/.test(words.slice(length));
}

function isLetters(word: string): boolean {
  return /^[A-Z]{1,8}$/.test(word);
}
