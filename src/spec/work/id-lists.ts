/** An id found in a text, and where it begins. */
export interface FoundId {
  id: string;
  at: number;
}

/** How the ids of a dialect are printed: a pattern of one id, without anchors or capturing groups, that begins and ends with a letter or digit. */
export interface IdForm {
  pattern: string;
  /** Ids are case-sensitive unless this is set. */
  ignoreCase?: boolean;
  /** `T015/T016` are two ids; else what follows a slash is part of a path. */
  slashed?: boolean;
}

/** `T012`, `T007b`, `T158-1`. */
export const T_NUMBER: IdForm = { pattern: String.raw`T\d{2,6}[A-Za-z]?(?:-\d{1,3}(?!\d))?`, ignoreCase: false };
/** `1`, `1.2`, `2.10.3`. */
export const DOTTED_NUMBER: IdForm = { pattern: String.raw`\d{1,4}(?:\.\d{1,4}){0,3}`, ignoreCase: false };

/** A longer range is a slip of the pen. */
const MAX_RANGE = 1000;
/** Between the two ends of a range: `T013-T015`, `T013–T015`, `T013 to T015`, `T013...T015`, `T013～T015`. */
const RANGE =
  /^[*_`]{0,2}\s{0,3}(?:-|–|—|−|~|〜|～|\.{2,3}|…|to|through|thru|bis|à|a|até|до|đến|から|至|到|부터)\s{0,3}[*_`]{0,2}$/i;

/**
 * The ids in a text, ranges filled up, none twice: `T013-T015 and T017` are four. What stands between them does not matter; ask
 * only of text that is a list of ids.
 */
export function idsIn(text: string, form: IdForm): FoundId[] {
  const found = new Map<string, FoundId>();
  let last: FoundId | undefined;
  for (const { id, at } of printedIds(text, form)) {
    const isRange = last !== undefined && RANGE.test(text.slice(last.at + last.id.length, at).slice(0, 20));
    for (const each of isRange && last !== undefined ? between(last.id, id) : [])
      found.set(each, found.get(each) ?? { id: each, at });
    last = { id, at };
    found.set(id, found.get(id) ?? last);
  }
  return [...found.values()];
}

/** The ids as they are printed, in order, ranges not filled. */
export function printedIds(text: string, form: IdForm): FoundId[] {
  return [...text.matchAll(matcher(form))].map((match) => ({ id: match[0], at: match.index }));
}

const matchers = new WeakMap<IdForm, RegExp>();

function matcher(form: IdForm): RegExp {
  const known = matchers.get(form);
  if (known !== undefined) return known;
  const path = form.slashed === true ? String.raw`(?<!${form.pattern})/` : '/';
  const made = new RegExp(
    String.raw`(?<![\p{Script=Latin}\p{N}_]|${path}|\p{Script=Latin}-|(?<!\.)\.)(?:${form.pattern})(?![\p{Script=Latin}\p{N}_]|\.\d)`,
    form.ignoreCase === true ? 'giu' : 'gu',
  );
  matchers.set(form, made);
  return made;
}

/** The ids after `first` and before `last`, which differ in their last number only: `T013`, `T015` → `T014`. */
function between(first: string, last: string): string[] {
  const [from, to] = [parts(first), parts(last)];
  if (from === undefined || to === undefined || from.head !== to.head) return [];
  const count = to.number - from.number;
  if (count < 2 || count > MAX_RANGE) return [];
  return Array.from({ length: count - 1 }, (_, index) => from.head + String(from.number + index + 1).padStart(from.width, '0'));
}

function parts(id: string): { head: string; number: number; width: number } | undefined {
  const digits = /\d{1,9}$/.exec(id)?.[0];
  return digits === undefined ? undefined : { head: id.slice(0, -digits.length), number: Number(digits), width: digits.length };
}

/** Words and marks that may stand between the ids of a list. */
const FILLER =
  /^(?:[\s,;、，；&+/|()（）[\]【】*_`"'.。:：~〜～…║∥‖–—−-]|and|of|or|to|through|thru|und|oder|bis|et|ou|à|e|y|o|a|ve|и|или|i|oraz|và|до|đến|및|와|과|또는|부터|까지|と|および|又は|から|和|与|與|及|以及|或|到|至|tasks?|all|タスク|任务|任務|작업)*$/i;

/** The list of ids that a text begins with, and what follows it. */
export function leadingList(text: string, form: IdForm): { ids: FoundId[]; rest: string } | undefined {
  let end = 0;
  for (const { id, at } of printedIds(text, form)) {
    if (!isFiller(text.slice(end, at))) break;
    end = at + id.length;
  }
  return end === 0 ? undefined : { ids: idsIn(text.slice(0, end), form), rest: text.slice(end) };
}

/** Whether a text is nothing but a list of ids, so that it may be obeyed. */
export function isIdList(text: string, form: IdForm): boolean {
  const ids = printedIds(text, form);
  let at = 0;
  const gaps = [...ids, { id: '', at: text.length }].map((each) => {
    const gap = text.slice(at, each.at);
    at = each.at + each.id.length;
    return gap;
  });
  return ids.length > 0 && gaps.every(isFiller);
}

function isFiller(gap: string): boolean {
  return gap.length <= 60 && gap.split(/\s+/).every((word) => FILLER.test(word));
}

/** Between what comes first and what comes after it. */
export const ARROW = /-{1,2}>|=>|→|➔|➜|⇒|⟶/;
const ARROWS = new RegExp(ARROW, 'g');

/** The chains in `T003 → T004 → T005 + T006`: the ids of each stop. Undefined if the text holds no arrow between ids. */
export function arrowChain(text: string, form: IdForm): FoundId[][] | undefined {
  const stops: FoundId[][] = [];
  let from = 0;
  for (const arrow of [...text.matchAll(ARROWS), undefined]) {
    const to = arrow?.index ?? text.length;
    stops.push(idsIn(text.slice(from, to), form).map(({ id, at }) => ({ id, at: at + from })));
    from = to + (arrow?.[0].length ?? 0);
  }
  return stops.length < 2 ? undefined : stops;
}
