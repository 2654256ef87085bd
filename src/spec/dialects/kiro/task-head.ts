import { plainText } from '../../markdown/passage.ts';
import { KEYWORDS, leadingKeyword, normalWords } from '../../work/keywords.ts';

/** What a task's line says before and after its title. */
export interface TaskHead {
  id?: string;
  title: string;
  /** Starred after its number, or called optional in parentheses. */
  optional: boolean;
  /** `(P)`: it may run beside its neighbours. */
  parallel: boolean;
}

const WORDS = KEYWORDS.task.flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)]).join('|');
/** `1.`, `1.2`, `0.V`, `2.3a`, `T4`, `A.1` and the like, behind `Task` in whatever language; starred after it where optional. */
const ID = new RegExp(
  String.raw`^[*_]{0,2}(?:(?<word>${WORDS})\s{0,3}#?)?[*_]{0,2}(?<id>(?<letters>[A-Z]{1,4}-?|[A-Z]{5,12}-|[A-Z]{1,8}\.)?\d{1,4}(?:\.(?:\d{1,4}|[A-Z]\d{0,2}|[a-z](?=[\s.):：、])))*[a-z]?)(?<star>\\?\*(?!\*))?(?<end>[*_]{0,2}[.)．：:、）](?!\d)[*_]{0,2}|[*_]{1,2}(?=[\s(（])|(?=\s|$|[(（]))(?<more>\\?\*(?=\s))?`,
  'u',
);
const PARALLEL = /^[([（]P[)\]）]\s*/;
const PARENTHESES = /^[(（]([^()（）]{1,80})[)）]\s*/;

export function taskHead(text: string): TaskHead {
  const head: TaskHead = { title: asciiHead(text), optional: false, parallel: false };
  takeMarks(head);
  const id = idIn(head.title);
  if (id !== undefined) {
    head.id = id.id;
    head.optional ||= id.starred;
    head.title = head.title
      .slice(id.length)
      .replace(/^[\s:：、.．—–-]{1,10}(?=\S)/, '')
      .trimStart();
  }
  takeMarks(head);
  takeTrailing(head);
  head.title = plainText(head.title) || (head.id ?? '');
  return head;
}

function idIn(text: string): { id: string; starred: boolean; length: number } | undefined {
  const match = ID.exec(text.slice(0, 60));
  const { id, word, letters, star, end = '', more } = match?.groups ?? {};
  if (match === null || id === undefined) return undefined;
  const starred = star !== undefined || more !== undefined;
  // `404 pages` and `S3 bucket` are words: a number without a point or a mark after it is an id where a title begins after it.
  const isPlain = word === undefined && end === '' && !id.includes('.') && !starred;
  if (isPlain && (letters === undefined || letters === 'T' ? /^\s+[\p{Ll}%]/u.test(text.slice(match[0].length)) : true))
    return undefined;
  return { id, starred, length: match[0].length };
}

/** Takes `(P)`, `*` and `(optional)` off the beginning. */
function takeMarks(head: TaskHead): void {
  for (let rounds = 0; rounds < 4; rounds++) {
    const parallel = PARALLEL.exec(head.title);
    const star = /^\\?\*(?=\s|\d[\d.]{0,9}[a-z]?[\s.)])\s*/.exec(head.title);
    const inside = PARENTHESES.exec(head.title);
    const isOptional = inside !== null && saysOptional(inside[1] ?? '');
    const length = parallel?.[0].length ?? star?.[0].length ?? (isOptional ? inside[0].length : 0);
    if (length === 0) return;
    head.parallel ||= parallel !== null;
    head.optional ||= star !== null || (parallel === null && isOptional);
    head.title = head.title.slice(length);
  }
}

function takeTrailing(head: TaskHead): void {
  const last = /\s*[([（]([^()[\]（）]{1,80})[)\]）][\s*_`]*$/.exec(head.title.slice(-100))?.[1] ?? '';
  if (last === 'P') {
    head.parallel = true;
    head.title = head.title.slice(0, -100) + head.title.slice(-100).replace(/\s*`?[([（]P[)\]）]([\s*_`]*)$/, '');
  } else if (saysOptional(last)) head.optional = true;
}

function saysOptional(text: string): boolean {
  return leadingKeyword(normalWords(text), 'optional') > 0;
}

/** Full-width digits at the beginning as plain ones. */
function asciiHead(text: string): string {
  return text.replace(/^[０-９．\s]{1,12}/, (digits) =>
    digits.replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10)),
  );
}

const CHECKPOINT = new RegExp(
  String.raw`^(?:[\p{L}\p{N}]{1,20}[\s-]){0,3}[\p{Lo}]{0,6}(?:${KEYWORDS.checkpoint.join('|')})(?:\s*#?[\d.]{1,8}|\s[a-z])?\s*(?:$|[-–—:：(（.。,，、])`,
  'u',
);

/** `Checkpoint - …`, `Final checkpoint`, `检查点：…`, and the gates called `0.V`; not `Checkpoint store for sessions`. */
export function isCheckpoint({ id, title }: TaskHead): boolean {
  return /\.V\d{0,2}$/.test(id ?? '') || CHECKPOINT.test(normalWords(title.slice(0, 120)));
}
