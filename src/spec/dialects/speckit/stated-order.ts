import { type FoundId, idsIn, isIdList } from '../../work/id-lists.ts';
import { KEYWORDS, normalWords } from '../../work/keywords.ts';
import { postposedPair } from '../../work/postposed.ts';
import { TASK_ID } from './task-head.ts';

/** `T013-15`, if there is no such task, is a short way to write a range. */
export function spread(id: string, known: ReadonlyMap<string, string>): string[] {
  const range = known.has(id) ? null : /^(T)(\d{2,6})-(\d{1,3})$/i.exec(id);
  if (range === null) return [id];
  const [, letter = '', from = '', end = ''] = range;
  const last = from.slice(0, -end.length) + end;
  return Number(last) > Number(from) ? idsIn(`${letter}${from}-${letter}${last}`, TASK_ID).map((found) => found.id) : [id];
}

/** Whether a text has a word for depending on something. */
export function speaksOfOrder(text: string): boolean {
  return DEPENDS.test(normalWords(text));
}

/** Whether a text begins with such a word. */
export function beginsWithOrder(text: string): boolean {
  return LEADING.test(normalWords(text));
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const WORDS = [...KEYWORDS.dependsOn].toSorted((a, b) => b.length - a.length);
const ANY = WORDS.map((word) =>
  /^[\p{Script=Latin}]/u.test(word) ? String.raw`(?<![\p{L}_])${escaped(word)}(?![\p{L}_])` : escaped(word),
).join('|');
const DEPENDS = new RegExp(ANY, 'iu');
const DEPENDS_ALL = new RegExp(ANY, 'giu');
const LEADING = new RegExp(`^(?:${ANY})`, 'iu');
/** Words that mean a dependency outside of parentheses too; `after` and `needs` may mean anything there. */
const STRONG =
  /(?<![\p{L}_])(?:depends on|depend on|dependencies|dependency|depends|blocked by|依赖于|依赖|依賴於|依賴|相依於|依存|의존|depende de|dépend de|hängt ab von|abhängig von)(?![\p{Script=Latin}_])\s*[:：]?/iu;
/** What may go with a list of ids: `T012 completed`. */
const SOFT =
  /(?<![\p{L}_])(?:completed?|completion|complete|done|finished|first|being|tests?)(?![\p{L}_])|完了後?|完成后?|完成後|之后|之後|に|が|の|은|는|에|이|완료 ?후?|['’][yn]?[ae](?![\p{L}])/giu;

/** The ids that a task's own text says it depends on. `prose` if it speaks of dependencies in other words. */
export function inlineDependencies(text: string): { ids: FoundId[]; prose: boolean } {
  const ids: FoundId[] = [];
  let prose = false;
  const take = (clause: string): void => {
    const found = idsIn(clause, TASK_ID);
    const rest = clause.replace(DEPENDS_ALL, ' ').replace(SOFT, ' ');
    if (found.length > 0 && isIdList(rest, TASK_ID)) ids.push(...found);
    else prose ||= found.length > 0 || /phase|above|阶段|階段|フェーズ|단계|fase/i.test(clause);
  };
  for (const [, inner = ''] of text.matchAll(GROUP))
    for (const clause of inner.split(/[;；]/)) if (DEPENDS.test(clause)) take(clause);
  const outside = text.replace(GROUP, ' ');
  const tail = STRONG.exec(outside);
  if (tail !== null) take(outside.slice(tail.index).split(/[.;；。](?:\s|$)|\s[—–-]\s/, 1)[0] ?? '');
  return { ids, prose };
}

const GROUP = /[(（[【]([^()（）[\]【】]{3,300})[)）\]】]/g;

/** `T005, T006 depend on T003`: two lists of ids with the words between. */
export function statedPair(text: string): { after: FoundId[]; before: FoundId[] } | undefined {
  const bare = text
    .replace(GROUP, (group) => (idsIn(group, TASK_ID).length === 0 ? ' ' : group))
    .replace(/^[\s>]*(?:[-*+]|\d+[.)])\s+/, '');
  const postposed = postposedPair(bare);
  if (postposed !== undefined && isIdList(postposed.left, TASK_ID) && isIdList(postposed.right, TASK_ID))
    return { after: idsIn(postposed.left, TASK_ID), before: idsIn(postposed.right, TASK_ID) };
  const word = DEPENDS.exec(bare);
  if (word === null) return undefined;
  const left = bare.slice(0, word.index);
  const right = (bare.slice(word.index + word[0].length).split(/[.;；。](?:\s|$)/, 1)[0] ?? '').replace(SOFT, ' ');
  if (!isIdList(left, TASK_ID) || !isIdList(right, TASK_ID)) return undefined;
  return { after: idsIn(left, TASK_ID), before: idsIn(right, TASK_ID) };
}
