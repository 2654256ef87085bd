import type { SourceSpan } from '../../model.ts';
import { arrowChain, idsIn, isIdList, printedIds } from '../../work/id-lists.ts';
import { leadingKeyword, normalWords } from '../../work/keywords.ts';
import { postposedPair } from '../../work/postposed.ts';
import type { EdgeDraft, WorkDraft } from '../../work/work-draft.ts';
import { PLAIN_NUMBER, TASK_REF } from './task-head.ts';

/** A line of source, and where it stands. */
export interface TextLine {
  text: string;
  at: SourceSpan;
}

/** What is needed to look tasks up while the file is read. */
export interface NeedsContext {
  /** Tasks of the file by printed id. */
  byId: ReadonlyMap<string, WorkDraft>;
  /** The last task of each numbered group. */
  lastOfGroup: ReadonlyMap<string, WorkDraft>;
  /** Takes the lines that speak of an order in words. */
  prose: SourceSpan[];
}

/** A longer list is a slip of the pen: nobody waits for so many tasks one by one. */
const MAX_IDS = 100;
const BRACKETS = /[(（[【]([^()（）[\]【】]{3,200})[)）\]】]/g;
const BULLET = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/;
const MARKS = /\*\*|__|[*_`]/g;
const NONE = /^(?:none|nothing|n\/a|no|nil|-|–|—|无|無|なし|없음|ningun[oa]|nenhuma?|aucune?|keine?|yok|нет)?[.。]?$/i;
/** What is said of an id: `1.1 (shared types)`. */
const NOTES = /\s*[(（][^()（）]{1,300}[)）]/g;

/** What a task's own lines say it waits for: `(depends on 1.2)`, `- **Depends on**: 1.1, 1.3`. */
export function ownNeeds(task: WorkDraft, lines: readonly TextLine[], context: NeedsContext): EdgeDraft[] {
  return lines.flatMap(({ text, at }, index) => {
    const stated = index === 0 ? [] : [text.replace(BULLET, '')];
    const bracketed = [...text.slice(0, 2000).matchAll(BRACKETS)].flatMap((match) => keywordNeeds(match[1] ?? '') ?? []);
    return [...stated.flatMap((each) => labelledNeeds(each)), ...bracketed.filter((list) => isNumberOf(list, context))].flatMap(
      (list) => edgesTo(task, { list, at }, context),
    );
  });
}

/** `(requires 21)` may well speak of Java: a number alone means a task or group where there is one. */
function isNumberOf(list: string, { byId, lastOfGroup }: NeedsContext): boolean {
  return !/^\d+$/.test(list.trim()) || byId.has(list.trim()) || lastOfGroup.has(list.trim());
}

/** `Depends on: 1.1`; a colon is wanted, because sentences begin with such words too. */
function labelledNeeds(text: string): string[] {
  const plain = text.slice(0, 400).replace(MARKS, '');
  const colon = plain.search(/[:：]/);
  if (colon === -1 || colon > 40) return [];
  const label = normalWords(plain.slice(0, colon));
  const length = leadingKeyword(label, 'dependsOn');
  return length > 0 && label.slice(length).trim() === '' ? [plain.slice(colon + 1).trim()] : [];
}

/** `depends on 1.2` as a bracket holds it; undefined where it does not begin so. */
function keywordNeeds(text: string): string | undefined {
  const plain = normalWords(text.replace(MARKS, ''));
  const length = leadingKeyword(plain, 'dependsOn');
  return length === 0
    ? undefined
    : text
        .replace(MARKS, '')
        .trim()
        .slice(length)
        .replace(/^[\s:：]+/, '');
}

function edgesTo(task: WorkDraft, { list, at }: { list: string; at: SourceSpan }, context: NeedsContext): EdgeDraft[] {
  const bare = list.replace(NOTES, '').trim();
  if (NONE.test(bare)) return [];
  const form = isIdList(bare, TASK_REF) ? TASK_REF : PLAIN_NUMBER;
  const ids = isIdList(bare, form) ? idsIn(bare, form) : [];
  if (ids.length > 0 && ids.length <= MAX_IDS) return ids.map(({ id }) => edgeTo(task, { id, at }, context));
  if (printedIds(list, TASK_REF).length > 0) context.prose.push(at);
  return [];
}

/** A plain number is a task's or, where there is no such task, a group's: its last task comes after the others of it. */
function edgeTo(task: WorkDraft, { id, at }: { id: string; at: SourceSpan }, { byId, lastOfGroup }: NeedsContext): EdgeDraft {
  const last = byId.has(id) ? undefined : lastOfGroup.get(id);
  const to = last === undefined ? { printed: id, at } : { key: last.key };
  return { from: task.key, to, kind: 'explicit', because: `depends on ${id}`, at };
}

/** What the lines of a section about dependencies say. Chains of arrows and `1.3 depends on 1.2` are obeyed, sentences are told. */
export function sectionNeeds(lines: readonly TextLine[], context: NeedsContext): EdgeDraft[] {
  return lines.flatMap(({ text, at }) => {
    const plain = text.slice(0, 2000).replace(BULLET, '').replace(MARKS, '').replace(/\s+/g, ' ').trim();
    const stated = chainEdges(plain, at, context) ?? statedEdges(plain, at, context);
    if (stated === undefined && printedIds(plain, TASK_REF).length > 0) context.prose.push(at);
    return stated ?? [];
  });
}

function chainEdges(plain: string, at: SourceSpan, context: NeedsContext): EdgeDraft[] | undefined {
  const written = plain.replace(/^[^:：]{0,40}[:：]\s*/, '');
  const stops = arrowChain(written, TASK_REF);
  if (stops === undefined || !written.split(/->|-->|=>|→|➔|➜|⇒|⟶/).every((part) => isIdList(part, TASK_REF))) return undefined;
  return stops.slice(1).flatMap((stop, index) =>
    stop.flatMap(({ id }) => {
      const from = context.byId.get(id);
      return from === undefined ? [] : (stops[index] ?? []).map((before) => edgeTo(from, { id: before.id, at }, context));
    }),
  );
}

const BETWEEN =
  /^(.{1,200}?)\s*(?:depends? on|requires?|after|blocked by|依赖于?|依賴於?|依存|depende de|dépend de|hängt ab von|bağımlı|bağlı)\s*[:：]?\s*(.{1,300})$/i;

function statedEdges(plain: string, at: SourceSpan, context: NeedsContext): EdgeDraft[] | undefined {
  const [, before = '', behind = ''] = BETWEEN.exec(plain) ?? [];
  const { left, right } = postposedPair(plain) ?? { left: before, right: behind };
  if (!isIdList(left, TASK_REF) || !isIdList(right, TASK_REF)) return undefined;
  return idsIn(left, TASK_REF).flatMap(({ id }) => {
    const from = context.byId.get(id);
    return from === undefined ? [] : idsIn(right, TASK_REF).map((to) => edgeTo(from, { id: to.id, at }, context));
  });
}
