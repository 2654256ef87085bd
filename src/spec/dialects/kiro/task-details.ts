import { listed } from '../../../base/text.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan } from '../../model.ts';
import { lineStart } from '../../source-text.ts';
import { type IdForm, idsIn, isIdList, printedIds } from '../../work/id-lists.ts';
import { isSettled } from '../../work/marks.ts';
import type { Reference } from '../../work/work-draft.ts';
import { type LabelLine, labelLine, REQUIREMENT_ID, TASK_ID } from './label-line.ts';
import type { Row } from './rows.ts';
import type { FolderContext } from './spec-names.ts';
import type { TaskEntry } from './task-tree.ts';

const NOTHING = /^(?:none|n\/a|nothing|yok|なし|无|無|없음|-|—|–)?$/i;

/** What a task says in words that it is to fulfil. */
export interface ToldCoverage {
  name: string;
  words: string;
  at: SourceSpan;
}

/** Reads what is written under a task: its requirements, what it depends on, where its boundary runs. Gives what it says of requirements in words. */
export function readDetails(entry: TaskEntry, account: LineAccount, context: FolderContext): ToldCoverage[] {
  const covers: Reference[] = [];
  const told: ToldCoverage[] = [];
  for (const row of entry.details) {
    const label = row.block === undefined ? labelLine(row.text) : undefined;
    if (label === undefined) continue;
    const at = spanOf(row, account);
    if (label.kind === 'requirements') covers.push(...requirementsIn(label, at, { entry, context, told }));
    else if (label.kind === 'property') covers.push(...context.names.ofProperty(label.value).map((printed) => ({ printed, at })));
    else if (label.kind === 'depends') entry.depends.push(...dependenciesIn(label, at, { entry, context }));
    else takePlaces(label, entry);
  }
  entry.draft.covers = covers;
  const details = textUnder(entry, account);
  if (details !== '') entry.draft.details = details;
  return told;
}

interface Place {
  entry: TaskEntry;
  context: FolderContext;
}

/** Ids that no number in a sentence can be mistaken for: `REQ-1.2`, `P7`. */
const LETTERED_ID: IdForm = { pattern: String.raw`[A-Z]{1,4}-?\d{1,4}(?:\.\d{1,4}){0,3}` };

/** The ids of a list; of what is not only ids, those of its parts that are lists (`1.1, 1.2; Design: 3`), and known ids with letters. */
function requirementsIn(
  { value }: LabelLine,
  at: SourceSpan,
  { entry, context, told }: Place & { told: ToldCoverage[] },
): Reference[] {
  if (NOTHING.test(value)) return [];
  const { names } = context;
  const parts = value.split(/[;；]/).filter((part, index) => part.trim() !== '' && !(index > 0 && /^\s*design\b/i.test(part)));
  const ids = parts.map((part) => idsOf(part, names));
  const words = parts.filter((_, index) => ids[index]?.length === 0).join('; ');
  if (words !== '') told.push({ name: entry.draft.sourceId ?? entry.draft.name, words, at });
  return known([...new Set(ids.flat())], at, { entry, context });
}

function idsOf(part: string, names: FolderContext['names']): string[] {
  if (isIdList(part, REQUIREMENT_ID))
    return [...idsIn(part, REQUIREMENT_ID).map(({ id }) => id), ...acrossRequirements(part, names)];
  return printedIds(part, LETTERED_ID)
    .map(({ id }) => id)
    .filter((id) => names.has(id));
}

/** A longer list of ids is a range that went wrong. */
const MAX_SHOWN = 10;

function known(ids: readonly string[], at: SourceSpan, { entry: { draft }, context: { names, desk } }: Place): Reference[] {
  if (names.isEmpty) return [];
  const unknown = ids.filter((id) => !names.has(id));
  if (unknown.length > 0 && !isSettled(draft.status)) {
    const are = unknown.length === 1 ? 'which is no requirement' : 'which are no requirements';
    const shown = unknown.slice(0, MAX_SHOWN).map((id) => `\`${id}\``);
    if (unknown.length > MAX_SHOWN) shown.push(`${unknown.length - MAX_SHOWN} more`);
    const message = `\`${draft.sourceId ?? draft.name}\` is to fulfil ${listed(shown)}, ${are} of this specification.`;
    desk.diagnostics.report('SPEC_REQUIREMENT_UNKNOWN', at, { message, hint: 'Correct the id, or add the requirement.' });
  }
  return ids.filter((id) => names.has(id)).map((printed) => ({ printed, at }));
}

function acrossRequirements(value: string, names: FolderContext['names']): string[] {
  const ranges = value.matchAll(/(?<![\d.])(\d{1,4}\.\d{1,4})\s{0,3}[-–—~〜～]\s{0,3}(\d{1,4}\.\d{1,4})(?![\d.])/g);
  return [...ranges].flatMap(([, first = '', last = '']) =>
    first.split('.')[0] === last.split('.')[0] ? [] : names.between(first, last),
  );
}

function dependenciesIn({ value, strict }: LabelLine, at: SourceSpan, { entry, context }: Place): TaskEntry['depends'] {
  if (NOTHING.test(value)) return [];
  if (isIdList(value, TASK_ID)) return idsIn(value, TASK_ID).map(({ id }) => ({ id, at }));
  if (!strict) return [];
  const message = `\`${entry.draft.sourceId ?? entry.draft.name}\` says in words what it depends on: \`${value.slice(0, 60)}\`.`;
  context.desk.diagnostics.report('SPEC_DEPENDENCY_PROSE', at, {
    message,
    hint: 'List the ids of the tasks: `_Depends: 1.2, 2.3_`.',
  });
  return [];
}

const PATH = /^(?:[\w.@+-]{1,80}\/){1,12}[\w.@*+-]{0,80}$|^[\w@+-]{1,80}\.[A-Za-z]{1,5}$/;

/** Components of a boundary are labels; paths are what is written. */
function takePlaces({ kind, value }: LabelLine, { draft }: TaskEntry): void {
  for (const part of value.slice(0, 2000).split(/[,;、，；]/)) {
    const name = part.replace(/[`*]/g, '').trim();
    if (PATH.test(name)) draft.writes = [...draft.writes, name];
    else if (kind === 'boundary' && name !== '') draft.labels = [...draft.labels, name];
  }
}

function spanOf({ line }: Row, { source }: LineAccount): SourceSpan {
  const start = lineStart(source, line);
  const text = source.text.slice(start, lineStart(source, line + 1));
  return { file: source.path, line, column: Math.max(1, text.search(/\S/) + 1), endLine: line };
}

/** The source between a task's own line and the next task, as written. */
function textUnder({ draft, details }: TaskEntry, { source }: LineAccount): string {
  const last = details.at(-1)?.block?.endLine ?? details.at(-1)?.line;
  if (last === undefined) return '';
  return source.text
    .slice(lineStart(source, draft.source.line + 1), lineStart(source, last + 1))
    .replace(/^\n+/, '')
    .trimEnd();
}
