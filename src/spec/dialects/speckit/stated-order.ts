import { type FoundId, idsIn, isIdList, leadingList } from '../../work/id-lists.ts';
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
const LETTERED = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u;
const WORDS = [...KEYWORDS.dependsOn].toSorted((a, b) => b.length - a.length);
const anyOf = (words: readonly string[]): string => words.map(escaped).join('|');
/** The classes stand there once: each costs as much as ten words when the expression is made. */
const ANY = String.raw`(?<![\p{L}_])(?:${anyOf(WORDS.filter((word) => LETTERED.test(word)))})(?![\p{L}_])|${anyOf(WORDS.filter((word) => !LETTERED.test(word)))}`;
const DEPENDS = new RegExp(ANY, 'iu');
const DEPENDS_ALL = new RegExp(ANY, 'giu');
const LEADING = new RegExp(`^(?:${ANY})`, 'iu');
/** Words that mean a dependency outside of parentheses too; `after` and `needs` may mean anything there. */
const STRONG =
  /(?<![\p{L}_])(?:depends on|depend on|dependencies|dependency|depends|blocked by|依赖于|依赖|依賴於|依賴|相依於|依存|의존|depende de|dependen de|dependem de|dépend de|dépendent de|hängt ab von|abhängig von|зависит от|зависят от|dipende da|dipendono da|zależy od|phụ thuộc(?: vào)?)(?![\p{Script=Latin}_])\s*[:：]?/iu;
/** `does not` before such a word. */
const DENIED =
  /(?:(?<!\p{L})(?:not?|longer|never|nicht|kein\p{L}{0,2}|ne|não|non|nie|не|không)|n['’]t|[不无無非]|没有|沒有)\s*$/iu;
/** What stands behind the ids it speaks of: `T001完了後`, `T005 이후`, `T004'ten sonra`. */
const BEHIND =
  /^[\s)）]{0,3}(?:の?完了(?:後|を待)|完成(?:之?[后後])|の?後(?=$|[\s、。，,に])|以降|[之以]?[后後](?=$|[\s、。，,])|(?:의? ?완료)? ?(?:이후|후)(?=$|[\s에、。，,])|['’]?[ydnt]{0,2}[aeıiuü]?n? (?:tamamlandıktan )?sonra)/u;
/** What may go with a list of ids: `T012 completed`. */
const SOFT =
  /(?<![\p{L}_])(?:completed?|completes|completion|ab|complete|done|finished|first|being|tests?)(?![\p{L}_])|完了後?|完成后?|完成後|之后|之後|に|が|の|은|는|에|이|완료 ?후?|['’][yn]?[ae](?![\p{L}])/giu;

/** The ids that a task's own text says it depends on. `prose` if it speaks of dependencies in other words. */
export function inlineDependencies(text: string): { ids: FoundId[]; prose: boolean } {
  const ids: FoundId[] = [];
  let prose = false;
  const take = (clause: string): void => {
    const found = idsIn(clause, TASK_ID);
    const rest = clause.replace(DEPENDS_ALL, ' ').replace(SOFT, ' ');
    if (found.length > 0 && isIdList(rest, TASK_ID)) return void ids.push(...found);
    const stated = statedList(clause);
    if (stated !== undefined) ids.push(...stated);
    else prose ||= found.length > 0 || /phase|above|阶段|階段|フェーズ|단계|fase/i.test(clause);
  };
  for (const [, inner = ''] of text.matchAll(GROUP))
    for (const clause of inner.split(/[;；]/)) if (DEPENDS.test(clause) || statedBehind(clause) !== undefined) take(clause);
  const outside = text.replace(GROUP, ' ');
  const tail = STRONG.exec(outside);
  if (tail !== null && !DENIED.test(outside.slice(0, tail.index)))
    take(outside.slice(tail.index).split(/[.;；。](?:\s|$)|\s[—–-]\s/, 1)[0] ?? '');
  return { ids, prose };
}

/** The list that a clause says something is after, whatever it goes on to say: `depends on T010 — same file`. */
function statedList(clause: string): FoundId[] | undefined {
  const word = DEPENDS.exec(clause);
  if (word === null || idsIn(clause.slice(0, word.index), TASK_ID).length > 0) return statedBehind(clause);
  const list = leadingList(clause.slice(word.index + word[0].length), TASK_ID);
  return list !== undefined && COMMENT.test(list.rest.replace(SOFT, ' ')) ? list.ids : undefined;
}

/** `T001完了後、…`: the ids come first, and no others are spoken of. */
function statedBehind(clause: string): FoundId[] | undefined {
  const list = leadingList(clause, TASK_ID);
  return list !== undefined && BEHIND.test(list.rest) && idsIn(list.rest, TASK_ID).length === 0 ? list.ids : undefined;
}

const COMMENT = /^\s*(?:$|[,，、:：(（]|[—–-]\s)/u;
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
