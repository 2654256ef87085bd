import type { IdForm } from '../../work/id-lists.ts';
import type { WorkStatus } from '../../model.ts';

/** `T-1`, `WU-02b`, `TASK-M1-010`, `T-I18N-004`. */
const DASHED = String.raw`[A-Z]{1,6}(?:-[A-Z][A-Z0-9]{0,5}){0,2}-\d{1,5}[a-z]?`;

/** How tasks are named in running text; a plain number names a task only where it is the whole list. */
export const TASK_REF: IdForm = {
  pattern: String.raw`\d{1,4}(?:\.\d{1,4}){1,4}[a-z]?|T\d{1,6}(?:\.\d{1,3}){0,3}[a-z]?|${DASHED}|[A-Z](?:\.\d{1,3}){1,5}`,
};
export const PLAIN_NUMBER: IdForm = { pattern: String.raw`\d{1,4}(?:\.\d{1,4}){0,4}[a-z]?` };

/** The text of a task, taken apart. */
export interface TaskHead {
  /** As printed: `1.2`, `3.1.4`, `2b`, `T001`. */
  id: string | undefined;
  text: string;
  parallel: boolean;
  optional: boolean;
  labels: string[];
  struck: boolean;
}

const EMPHASIS = /^(?:\*\*|__|[*_`])/;
const WORD = /^(?:task|step|任务|任務|タスク|作業|작업|태스크|tarea|tarefa|tâche|aufgabe|görev)\s{0,5}#?\s{0,5}(?=\d)/i;
/** A letter and a number, `A1`, are an id where a mark shows that they end something: `A1:`, `**A1**`. */
const ID = new RegExp(
  String.raw`^\[?(\d{1,4}(?:\.\d{1,4}){1,4}[a-z]?|T\d{2,6}[a-z]?|${DASHED}|[A-Z](?:\.\d{1,3}){1,5}|[A-Z]\d{1,3}(?:\.\d{1,3}){1,4}|[A-Z]\d{1,3}(?=[:：)]|\.\s|\*\*|__|\s[–—-]\s))\]?(?![\p{L}\p{N}%])`,
  'u',
);
/** `3.` and `3)` and `3:` are ids; in `3 tests` the number is a count. */
const PLAIN = /^(\d{1,4}[a-z]?)(?=[.)：:](?:\s|\*|_|$))/;
const SEPARATOR = /^(?:\*\*|__|[*_`])?[.:：)）\-–—、]*(?:\*\*|__|[*_`])?(?:\s+[-–—:：](?=\s))?\s*/;
const LABEL = /^[[(（]([A-Z][A-Z0-9_&+/-]{0,20}|US\d{1,3})[\])）](?!\()\s*/;
const OPTIONAL = /[(（[](?:optional|opcional|optionnel|facultatif|可选|可選|任意|オプション|선택|isteğe bağlı)[)）\]]/i;
const STRUCK = /^~~(.{1,2000})~~/;

/** Reads `**1.2** [P] Write …`. */
export function taskHead(written: string): TaskHead {
  const struck = STRUCK.exec(written.trim())?.[1];
  let rest = (struck ?? written).trim();
  const labels: string[] = [];
  const { id, after } = idOf(rest);
  rest = after;
  for (let label = LABEL.exec(rest); label !== null; label = LABEL.exec(rest)) {
    labels.push(label[1] ?? '');
    rest = rest.slice(label[0].length);
  }
  const parallel = labels.includes('P');
  const strikes = struck !== undefined || (id !== undefined && /^~~.+~~/.test(rest));
  return { id, text: rest.trim() || (id ?? ''), parallel, optional: OPTIONAL.test(written), labels, struck: strikes };
}

function idOf(written: string): { id: string | undefined; after: string } {
  let rest = written;
  for (let mark = EMPHASIS.exec(rest); mark !== null; mark = EMPHASIS.exec(rest)) rest = rest.slice(mark[0].length);
  const word = WORD.exec(rest)?.[0] ?? '';
  const bare = rest.slice(word.length);
  const match = ID.exec(bare) ?? PLAIN.exec(bare) ?? (word === '' ? null : /^(\d{1,4}[a-z]?)(?![\p{L}\p{N}])/u.exec(bare));
  if (match === null) return { id: undefined, after: written };
  return { id: match[1] ?? '', after: bare.slice(match[0].length).replace(SEPARATOR, '') };
}

/** `### Task 1.1: Name`, `### 1.1 Name`, `#### 2.3.1 Name`: a task that is written as a heading. */
export function headingTask(title: string, level: number): TaskHead | undefined {
  const plain = title.replace(DONE_MARK, '').replace(/^\s*\[[ xX~-]?\]\s*/, '');
  const head = taskHead(plain);
  if (head.id === undefined) return undefined;
  return saysTask(plain) || (level >= 3 && /\d\.\d/.test(head.id)) ? head : undefined;
}

/** `T1.2`, `T-I18N-004`, `TASK-7`: the word for a task, or its letter, is part of the id. */
const TASK_ID = /^(?:TASK|T)(?:-[A-Z][A-Z0-9]{0,5}){0,2}-?\d{1,6}(?:\.\d{1,3}){0,3}[a-z]?(?![\p{L}\p{N}%-])/u;

/** Whether a heading says by a word or an id of its own that it is a task. */
export function saysTask(title: string): boolean {
  const plain = title.replace(DONE_MARK, '').replace(/^[*_`\s]+/, '');
  return WORD.test(plain) || TASK_ID.test(plain);
}

const DONE_MARK = /(?:✅|✔️?|☑️?|✓)\s*/gu;
const BULLET_MARKS: Record<string, WorkStatus> = {
  '✅': 'done',
  '☑': 'done',
  '✔': 'done',
  '✓': 'done',
  '❌': 'cancelled',
  '🚫': 'cancelled',
  '⏭': 'cancelled',
  '🚧': 'doing',
  '🔄': 'doing',
  '⏳': 'todo',
  '⬜': 'todo',
  '🔲': 'todo',
  '☐': 'todo',
};
const BULLET_MARK = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(✅|☑|✔|✓|❌|🚫|⏭|🚧|🔄|⏳|⬜|🔲|☐)\u{FE0F}?\s*(.*)$/u;

/** `- ✅ text`: a bullet that says by a sign how far it is. */
export function signBullet(line: string): { status: WorkStatus; text: string } | undefined {
  const match = BULLET_MARK.exec(line);
  const status = BULLET_MARKS[match?.[1] ?? ''];
  return status === undefined ? undefined : { status, text: match?.[2] ?? '' };
}

/** What a heading's sign says: `### Task 1.1: Name ✅`. */
export function signOfHeading(title: string): WorkStatus | undefined {
  if (/[✅☑✔✓]/u.test(title) || /^\s*\[[xX]\]/.test(title)) return 'done';
  return /❌/u.test(title) ? 'cancelled' : undefined;
}

const SKIPPED =
  /(?:^|[^\p{L}])(?:skip(?:ped|s)?|deferred|postponed|omit(?:ted)?|cancel(?:l?ed)?|n\/a|not (?:needed|applicable|required|done)|won['’]t|wontfix|dropped|superseded|omitid[oa]|diferid[oa]|saltad[oa]|pospuest[oa]|adiad[oa]|no aplica)(?:[^\p{L}]|$)|跳过|跳過|延期|推迟|暂缓|取消|不需要|スキップ|見送り|延期|対象外|不要|건너뜀|보류|취소|생략/iu;

const PARTLY = /(?:^|[^\p{L}])(?:done|shipped|implemented|partial(?:ly)?|remaining)(?:[^\p{L}]|$)|部分|一部|일부/iu;
const NEGATED = /\bnot (?:needed|applicable|required|done|implemented|shipped)\b/giu;

/** `[~]` is a task begun, unless its text says that it was left out, and does not say that some of it was done. */
export function saysSkipped(text: string): boolean {
  const said = text.slice(0, 300);
  return SKIPPED.test(said) && !PARTLY.test(said.replace(NEGATED, ' '));
}
