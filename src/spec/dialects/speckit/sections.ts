import type { Heading } from '../../markdown/block.ts';
import { plainText } from '../../markdown/passage.ts';
import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';

/** What may stand under a heading of `tasks.md`. */
export type SectionKind = 'phase' | 'dependencies' | 'strategy' | 'legend' | 'acceptance' | 'plain';

export interface Section {
  kind: SectionKind;
  /** Title of the group of tasks: a phase, or a section of the second level. */
  group: string;
  /** The heading itself. */
  title: string;
  /** Number of the user story that the group is about. */
  story: string | undefined;
}

const ORDINAL =
  /^(?:\s*(?:#|no\.?|nº)?\s*(?:\d{1,3}(?:\.\d{1,2})?[a-z]?|[ivx]{1,5}|[a-z]|[一二三四五六七八九十]{1,3})(?![\p{L}\p{N}])|\s*[-–—:：])/iu;
const LEADING_ORDINAL = /^(?:第\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*|\d{1,3}\s*(?=단계))/u;
const STORY = /^\s*[#-]?\s*(\d{1,3}[a-z]?)(?![\p{L}\p{N}])/u;
const LEGEND =
  /^(?:(?:task )?format|legend|path conventions|conventions|格式|凡例|フォーマット|形式|형식|범례|formato|leyenda|légende|biçim)(?:\s*[:：([`]|$)/;
/** Sections that tell how tasks may be worked through, and list none. */
const STRATEGY =
  /^(?:parallel|implementation strategy|mvp|incremental|suggested|execution|summary|task summary|并行|並行|并列|실행|병렬|実装戦略|並列|estrategia|estratégia|stratégie|strategie)/;

/** The section that a heading opens, inside of the one before it. */
export function sectionOf(heading: Heading, before: Section | undefined, levelBefore: number): Section {
  const title = plainText(heading.text.text).replace(/`/g, '');
  const words = normalWords(title).replace(/^[^\p{L}\p{N}]+/u, '');
  const kind = kindOf(words);
  const story = storyIn(words);
  if (kind === 'phase') return { kind, group: title, title, story };
  const isInner = before !== undefined && heading.level > levelBefore;
  if (isInner && (kind === 'plain' || kind === 'legend' || kind === 'strategy' || before.kind === 'dependencies'))
    return { ...before, title };
  if (isInner && kind === 'acceptance') return { ...before, kind, title };
  return { kind, group: title, title, story };
}

function kindOf(words: string): SectionKind {
  if (isPhase(words)) return 'phase';
  if (says(words, 'dependency')) return 'dependencies';
  if (STRATEGY.test(words)) return 'strategy';
  if (LEGEND.test(words)) return 'legend';
  return says(words, 'acceptance') ? 'acceptance' : 'plain';
}

/** `phase 3: …`, `阶段 1`, `第1フェーズ`, `phase n: polish`; not `phase dependencies`. */
function isPhase(words: string): boolean {
  const ordinal = LEADING_ORDINAL.exec(words);
  const rest = ordinal === null ? words : words.slice(ordinal[0].length);
  const length = leadingKeyword(rest, 'phase');
  return length > 0 && (ordinal !== null || ORDINAL.test(rest.slice(length)));
}

/** Number of the story that a heading names: `user story 2 - …`, `(us3)`. */
export function storyIn(words: string): string | undefined {
  const short = /(?<![\p{L}\p{N}])us-?(\d{1,3}[a-z]?)(?![\p{L}\p{N}])/u.exec(words)?.[1];
  if (short !== undefined) return short;
  for (let at = 0; at !== -1 && at < words.length; at = nextWord(words, at)) {
    const length = leadingKeyword(words.slice(at), 'story');
    if (length > 0) return STORY.exec(words.slice(at + length))?.[1];
  }
  return undefined;
}

/** `US3` for `3` and `03`; `US5a` for `5a`. */
export function storyId(number: string): string {
  return `US${number.toLowerCase().replace(/^0+(?=\d)/, '')}`;
}

function nextWord(words: string, at: number): number {
  const next = words.slice(at, 200).search(/[\s:：\-–—(（]/);
  return next === -1 ? -1 : at + next + 1;
}
