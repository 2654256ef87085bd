import type { IdForm } from '../../work/id-lists.ts';

/** How tasks are numbered in running text. */
export const TASK_ID: IdForm = {
  pattern: String.raw`T(?:ASK)?-?\d{1,6}[A-Za-z]?(?:-\d{1,3}(?!\d)|(?:\.\d{1,3}){1,3})?`,
  slashed: true,
};

/** What a checkbox begins with that has the id of a task, up to the digits of that: `🟢 **T`. */
export const BEFORE_NUMBER = String.raw`(?:\p{Extended_Pictographic}\uFE0F?[\t ]{0,3}){0,3}[*_\x60~[]{0,4}T(?:ASK)?-?`;

/** The text of a task's checkbox, taken apart. */
export interface TaskHead {
  /** As printed: `T007b`, `T158-1`. */
  id: string | undefined;
  /** Labels behind the id, without brackets; the brackets of `app/[id]/page.tsx` are none. */
  labels: string[];
  text: string;
}

const EMPHASIS = /^[*_`~]{1,6}/;
/** Signs before an id: `🟢 T001`. */
const SIGNS = /^(?:\p{Extended_Pictographic}\uFE0F?\s{0,3}){1,3}(?=[*_`~[]{0,6}T(?:ASK)?-?\d)/u;
const NUMBER = /^\[?(T(?:(?:ASK)?-?\d{1,6}[A-Za-z]?(?:[-.]\d{1,3}){0,3}|X{2,4}|N{2,4}))\]?(?![\p{Script=Latin}\p{N}])/u;
/** Ids of files that do not number their tasks `T001`. */
const OTHER_NUMBER = /^\[?([A-Z]{1,6}-?\d{1,5}(?:[.-][A-Z]{0,4}\d{1,4}){0,3}|\d{1,3}(?:\.\d{1,3}){1,3})\]?(?=[\s:：.)*_]|$)/;
const LABEL =
  /^\[(P|[A-Z]{1,5}-?\d{1,3}[a-z]?(?:\s?[+&,/、，]\s?[A-Z]{0,5}-?\d{1,3}[a-z]?){0,8}|[A-Z][A-Z0-9_+&/-]{1,20}|(?:Story|Setup|Foundation(?:al)?|Polish|Shared|Optional)(?: ?\d{1,3})?)\](?!\()/;
const SEPARATOR = /^[:：.)\-–—]+(?=\s|$|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/u;

/** Reads `**T007b** [P] [US2] Write …`, in whatever order labels stand. */
export function taskHead(written: string, { anyId = false }: { anyId?: boolean } = {}): TaskHead {
  let rest = withoutSigns(written.slice(0, MAX_HEAD));
  const labels: string[] = [];
  let id: string | undefined;
  for (let more = true; more;) {
    const opening = EMPHASIS.exec(rest)?.[0] ?? '';
    const inner = rest.slice(opening.length);
    const number = id === undefined ? (NUMBER.exec(inner) ?? (anyId ? OTHER_NUMBER.exec(inner) : null)) : null;
    const label = number === null ? LABEL.exec(inner) : null;
    const found = number ?? label;
    if (number !== null) id = number[1];
    else if (label !== null) labels.push(...(label[1] ?? '').split(/\s?[+&,/、，]\s?/));
    more = found !== null;
    if (found !== null) rest = behind(inner.slice(found[0].length), opening);
  }
  return { id, labels: labels.filter((label) => label !== ''), text: (rest + written.slice(MAX_HEAD)).trim() };
}

/** What follows an id or a label: without the marks that close what was opened before it, and without a colon. */
function behind(rest: string, opening: string): string {
  const closing = opening === '' ? 0 : ((opening.includes('`') ? /^[*_~`]{0,6}/ : /^[*_~]{0,6}/).exec(rest)?.[0].length ?? 0);
  return rest
    .slice(closing)
    .trimStart()
    .replace(SEPARATOR, '')
    .replace(/^[*_~]{0,6}(?=\s)/, '')
    .trimStart();
}

const MAX_HEAD = 400;

function withoutSigns(text: string): string {
  return text.trimStart().replace(SIGNS, '');
}

/** Whether a text begins with the id of a task. */
export function beginsWithTaskId(text: string): boolean {
  return NUMBER.test(withoutSigns(text.slice(0, 60)).replace(EMPHASIS, ''));
}
