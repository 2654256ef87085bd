import type { Desk } from '../../dialect.ts';
import { type FrontFields, type FrontText, readFrontFields } from '../../documents/front-fields.ts';
import type { LineAccount } from '../../line-account.ts';
import type { WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineStart } from '../../source-text.ts';
import { statusNamed } from '../../work/status-words.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { baseName, plainNumber, type PlanPlace } from './layout.ts';
import { planBoxes } from './plan-boxes.ts';
import { planTasks } from './plan-tasks.ts';

/** A plan with its parts, and what it says of its place among the others. */
export interface Plan extends PlanPlace {
  draft: WorkDraft;
  parts: WorkDraft[];
  criteria: RequirementDraft[];
  wave: number | undefined;
  dependencies: readonly FrontText[];
}

export interface PlanState {
  place: PlanPlace;
  /** There is a summary of it, or it is ticked in the roadmap. */
  finished: boolean;
}

/** Reads a plan; undefined for a file that is only called one. */
export function readPlan(account: LineAccount, desk: Desk, { place, finished }: PlanState): Plan | undefined {
  const { source } = account;
  const isPlan = /^---[\t ]*\n/.test(source.text) || /^\s{0,40}<task[\s>]/m.test(source.text) || /-\d/.test(place.printed);
  if (source.lineCount === 0 || !isPlan) return undefined;
  const matter = readFrontFields(source, desk.diagnostics);
  const numbered = withNumbers(place, matter);
  account.mark({ line: 1, endLine: source.lineCount }, 'element', source.path);
  account.mark({ line: 1, endLine: matter.lineCount }, 'document', source.path);
  const draft = draftOf(account, numbered, { matter, finished });
  const tasks = planTasks(draft, account, desk);
  for (const task of tasks) account.mark(task.source, 'element', task.key);
  const boxes = planBoxes({ draft, tasks }, account, { desk, from: matter.lineCount + 1 });
  const criteria = [...truthsOf(draft, matter), ...boxes.criteria];
  draft.covers = [
    ...(matter.fields.get('requirements')?.items ?? []).flatMap(requirementsIn),
    ...criteria.filter(({ parent }) => parent === draft.key).map(({ key }) => ({ key })),
  ];
  return {
    ...numbered,
    draft,
    parts: [...tasks, ...boxes.steps],
    criteria,
    wave: waveOf(matter),
    dependencies: matter.fields.get('depends_on')?.items.flatMap(severalIn) ?? [],
  };
}

/** The numbers in the front matter count where the file's name has none. */
function withNumbers(place: PlanPlace, { fields }: FrontFields): PlanPlace {
  const phase = /^\d{1,6}(?:\.\d{1,4})*[A-Za-z]?/.exec(fields.get('phase')?.text ?? '')?.[0] ?? '';
  const plan = /^(?:.*-)?(\d{1,6}[A-Za-z]?)$/.exec(fields.get('plan')?.text ?? '')?.[1] ?? '';
  const isNumbered = place.printed.includes('-');
  const printed = isNumbered || phase === '' || plan === '' ? place.printed : `${phase}-${plan}`;
  return { ...place, printed, phase: place.phase || plainNumber(phase), plan: place.plan || plainNumber(plan) };
}

function waveOf({ fields }: FrontFields): number | undefined {
  const wave = Number(fields.get('wave')?.text);
  return fields.has('wave') && Number.isFinite(wave) ? wave : undefined;
}

function draftOf(
  account: LineAccount,
  place: PlanPlace,
  { matter, finished }: { matter: FrontFields; finished: boolean },
): WorkDraft {
  const { source } = account;
  const body = source.text.slice(lineStart(source, matter.lineCount + 1)).trim();
  const objective =
    firstLine(/<objective>([\s\S]{0,2000}?)(?:<\/objective>|$)/.exec(body)?.[1]) ?? titleOf(body) ?? baseName(source.path);
  const draft: WorkDraft = {
    ...PLAIN_WORK,
    key: source.path,
    scope: place.scope,
    name: shortened(objective),
    section: place.phaseTitle || source.path,
    source: { file: source.path, line: 1, column: 1, endLine: source.lineCount },
    text: objective,
    details: body,
    status: statusOfPlan(matter, place, finished),
    writes: (matter.fields.get('files_modified')?.items ?? []).map(({ text }) => text),
    covers: [],
    labels: [
      matter.fields.get('type')?.text ?? [],
      matter.fields.get('autonomous')?.text === 'false' ? 'not-autonomous' : [],
    ].flat(),
  };
  if (place.printed !== '') draft.sourceId = place.printed;
  const milestone = place.phaseTitle || (place.phase === '' ? '' : `Phase ${place.phase}`);
  if (milestone !== '') draft.milestone = milestone;
  return draft;
}

function statusOfPlan({ fields }: FrontFields, { archived }: PlanPlace, finished: boolean): WorkStatus {
  if (finished) return 'done';
  const named = statusNamed(fields.get('status')?.text ?? '');
  if (archived) return named === 'done' ? 'done' : 'cancelled';
  return named ?? 'todo';
}

function firstLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
}

function titleOf(body: string): string | undefined {
  return /^#{1,3}[\t ]+(\S.*)$/m.exec(body)?.[1]?.trim();
}

/** What must be true in the end: `must_haves: truths:`. */
function truthsOf(draft: WorkDraft, { fields }: FrontFields): RequirementDraft[] {
  const truths = fields.get('must_haves')?.fields.get('truths')?.items ?? [];
  return truths.map(({ text, at }, index) => ({
    kind: 'requirement',
    requirementKind: 'criterion',
    key: `${draft.key}:truth:${index}`,
    scope: [draft.scope, draft.sourceId ?? draft.key].filter((part) => part !== '').join('/'),
    name: shortened(text),
    section: 'must_haves',
    source: at,
    text,
    parent: draft.key,
  }));
}

/** `REQ-01, REQ-02` in one value are two. */
function severalIn({ text, at }: FrontText): FrontText[] {
  return text
    .split(/[,;、，；]/)
    .map((part) => ({ text: part.trim().slice(0, 120), at }))
    .filter((part) => part.text !== '');
}

function requirementsIn(field: FrontText): { printed: string; at: FrontText['at'] }[] {
  return severalIn(field).map(({ text, at }) => ({ printed: text, at }));
}
