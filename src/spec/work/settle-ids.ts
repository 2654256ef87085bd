import { hexOf, sha256 } from '../../base/digest.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import { fileSlug } from '../file-slug.ts';
import type { RequirementDraft, WorkDraft } from './work-draft.ts';

type Draft = WorkDraft | RequirementDraft;

const WORDS = 5;
const HASH_LENGTH = 6;

/**
 * The ids of drafts, by their keys: kind, scope and printed id, or words and digest of the text; the second of two equals gets a
 * number. None holds a line, so none changes when lines move.
 */
export function settleIds(drafts: readonly Draft[], diagnostics: DiagnosticList): Map<string, string> {
  const ids = new Map<string, string>();
  const scopes = new Map<string, string>();
  const firsts = new Map<string, Draft>();
  const counts = new Map<string, number>();
  const repeated: Repeated[] = [];
  for (const draft of drafts) {
    const wanted = `${draft.kind}:${prefixOf(draft.scope, scopes)}${ownSlug(draft)}`;
    const first = firsts.get(wanted);
    if (first === undefined) firsts.set(wanted, draft);
    else if (isSameId(first, draft)) repeated.push({ first, draft });
    ids.set(draft.key, numbered(wanted, counts));
  }
  for (const inFile of Map.groupBy(repeated, ({ draft }) => draft.source.file).values()) reportRepeated(inFile, diagnostics);
  return ids;
}

function prefixOf(scope: string, known: Map<string, string>): string {
  if (scope === '') return '';
  const prefix = known.get(scope) ?? `${fileSlug(scope)}:`;
  known.set(scope, prefix);
  return prefix;
}

function ownSlug({ sourceId, text }: Draft): string {
  if (sourceId !== undefined) return fileSlug(sourceId);
  const words = text.slice(0, 200).split(/\s+/, WORDS).join(' ');
  return `${fileSlug(words)}-${hexOf(sha256(text)).slice(0, HASH_LENGTH)}`;
}

function numbered(wanted: string, counts: Map<string, number>): string {
  const count = (counts.get(wanted) ?? 0) + 1;
  counts.set(wanted, count);
  // No slug holds a full stop: a number cannot take the id of another draft.
  return count === 1 ? wanted : `${wanted}.${count}`;
}

function isSameId(first: Draft, draft: Draft): boolean {
  return draft.sourceId !== undefined && first.sourceId?.toLowerCase() === draft.sourceId.toLowerCase();
}

interface Repeated {
  first: Draft;
  draft: Draft;
}

/** More of one file are one report: its ids begin anew, or it is a copy. */
const MAX_REPORTS = 3;

function reportRepeated(repeated: readonly Repeated[], diagnostics: DiagnosticList): void {
  const isMany = repeated.length > MAX_REPORTS;
  const hint = 'Both are kept. References mean the nearest one before them; give the later one an id of its own.';
  for (const { first, draft } of isMany ? repeated.slice(0, 1) : repeated) {
    const others = isMany ? `, and so do ${repeated.length - 1} more ids of this file` : '';
    const message = `\`${draft.sourceId ?? ''}\` stands on line ${first.source.line} of ${first.source.file} already${others}.`;
    diagnostics.report('SPEC_ID_REPEATED', draft.source, { message, hint });
  }
}
