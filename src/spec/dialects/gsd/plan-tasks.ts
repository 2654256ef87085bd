import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { placeAt } from '../../source-text.ts';
import { PLAIN_WORK, type WorkDraft } from '../../work/work-draft.ts';

/** `<task type="auto">` on a line of its own. */
const OPEN = /^[\t ]{0,40}<task(?=[\s>])([^<>]{0,600})>/gm;
const CLOSE = /<\/tasks?>/g;
const MAX_PATHS = 500;

/** The `<task>` blocks of a plan, as parts of it. Those in fences are none; one that is not closed ends where the next begins. */
export function planTasks(plan: WorkDraft, account: LineAccount, desk: Desk): WorkDraft[] {
  const { text, path } = account.source;
  const fences = fencedRanges(text);
  const found: WorkDraft[] = [];
  const openings = [...text.matchAll(OPEN)].filter(({ index }) => !fences.some(({ from, to }) => index >= from && index < to));
  const closings = [...text.matchAll(CLOSE)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
    isOwn: match[0] === '</task>',
  }));
  for (const [index, opening] of openings.entries()) {
    const from = opening.index + opening[0].length;
    const next = openings[index + 1]?.index ?? text.length;
    while ((closings[0]?.from ?? text.length) < from) closings.shift();
    const [closing] = closings;
    const isInside = closing !== undefined && closing.from < next;
    const to = isInside ? closing.from : next;
    const end = isInside && closing.isOwn ? closing.to : to;
    if (!isInside || !closing.isOwn) reportOpen(account, opening.index, desk);
    const start = placeAt(account.source, opening.index);
    const span = {
      file: path,
      line: start.line,
      column: 1,
      endLine: placeAt(account.source, Math.max(opening.index, end - 1)).line,
    };
    found.push(taskOf({ attributes: opening[1] ?? '', body: text.slice(from, to), span }, plan));
  }
  return found;
}

interface Range {
  from: number;
  to: number;
}

/** Fences outside of tasks: code inside of one may well hold a task as an example, but begins after its opening. */
function fencedRanges(text: string): Range[] {
  const ranges: Range[] = [];
  let open: { mark: string; from: number } | undefined;
  for (const match of text.matchAll(/^[\t ]{0,40}(`{3,}(?=[^`\n]*$)|~{3,})|^[\t ]{0,40}<\/task>/gm)) {
    const mark = match[1];
    if (mark === undefined) open = undefined;
    else if (open === undefined) open = { mark, from: match.index };
    else if (mark.startsWith(open.mark)) {
      ranges.push({ from: open.from, to: match.index });
      open = undefined;
    }
  }
  return ranges;
}

function reportOpen(account: LineAccount, offset: number, { diagnostics }: Desk): void {
  const message = 'This `<task>` is never closed; it ends where the next one begins.';
  diagnostics.report('SPEC_TAG_OPEN', placeAt(account.source, offset), { message, hint: 'Close it by `</task>`.' });
}

interface Block {
  attributes: string;
  body: string;
  span: WorkDraft['source'];
}

function taskOf({ attributes, body, span }: Block, plan: WorkDraft): WorkDraft {
  const type = attribute(attributes, 'type');
  const name =
    inner(body, 'name') ??
    inner(body, 'decision') ??
    inner(body, 'what-built') ??
    inner(body, 'action') ??
    `${type ?? 'Task'} of ${plan.name}`;
  const numbered = /^(?:Task|Checkpoint)\s+(\d{1,4}(?:\.\d{1,4})?[A-Za-z]?)\s*(?:[:：.–—-]|$)\s*(.*)$/is.exec(name.trim());
  const words = (numbered?.[2] ?? '').trim() || name.trim();
  const draft: WorkDraft = {
    ...PLAIN_WORK,
    key: `${span.file}:${span.line}`,
    scope: [plan.scope, plan.sourceId ?? plan.key].filter((part) => part !== '').join('/'),
    name: shortened(words.split('\n', 1)[0] ?? words),
    section: plan.name,
    source: span,
    text: words,
    details: body.trim(),
    status: partStatusOf(plan.status),
    writes: pathsIn(inner(body, 'files') ?? ''),
    checkpoint: type?.startsWith('checkpoint') === true,
    labels: labelsOf(attributes, type),
    parent: plan.key,
  };
  const id =
    attribute(attributes, 'id') ??
    (numbered === null ? undefined : name.trim().slice(0, name.trim().indexOf(numbered[1] ?? '') + (numbered[1] ?? '').length));
  if (id !== undefined) draft.sourceId = id;
  if (plan.milestone !== undefined) draft.milestone = plan.milestone;
  return draft;
}

function partStatusOf(whole: WorkStatus): WorkStatus {
  return whole === 'done' || whole === 'cancelled' ? whole : 'todo';
}

function labelsOf(attributes: string, type: string | undefined): string[] {
  const gate = attribute(attributes, 'gate');
  return [
    ...(type === undefined ? [] : [type]),
    ...(gate === undefined ? [] : [`gate:${gate}`]),
    ...(attribute(attributes, 'tdd') === 'true' ? ['tdd'] : []),
  ];
}

function attribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(String.raw`(?:^|\s)${name}\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const text = (value?.[1] ?? value?.[2])?.trim();
  return text === '' ? undefined : text;
}

/** What stands between `<tag>` and `</tag>`. */
function inner(body: string, tag: string): string | undefined {
  const from = body.indexOf(`<${tag}>`);
  const to = from === -1 ? -1 : body.indexOf(`</${tag}>`, from);
  const text = to === -1 ? '' : body.slice(from + tag.length + 2, to).trim();
  return text === '' ? undefined : text;
}

/** Paths by line or comma; what is said of them in parentheses is left out. */
function pathsIn(text: string): string[] {
  const parts = text
    .slice(0, 20_000)
    .replace(/\([^()\n]{0,200}\)/g, ' ')
    .split(/[\n,]/);
  const paths = parts.map(
    (part) =>
      part
        .replace(/^\s*[-*+]\s+/, '')
        .replaceAll('`', '')
        .trim()
        .split(/\s/, 1)[0] ?? '',
  );
  return [...new Set(paths.filter((path) => /[./]/.test(path) && !/^(?:n\/a|\.+)$/i.test(path)))].slice(0, MAX_PATHS);
}
