import { counted, listed } from '../../../base/text.ts';
import type { Diagnostic, DiagnosticCode } from '../../diagnostics.ts';
import type { BundleFile } from '../../read-bundle.ts';
import { changeConflicts } from './change-conflicts.ts';
import { SKIPPED, UNHEEDED } from './change-metadata.ts';
import type { MergeFinding } from './delta-contradictions.ts';
import { mergeDeltas, type Touched } from './merge-deltas.ts';
import { type DeltaFile, type OpenChange, type OpenSpecFolder, specPath } from './open-changes.ts';
import { deltaFaults, type Fault, mainSpecFaults } from './spec-faults.ts';
import { specOutline } from './spec-outline.ts';

/** A change that is to be merged, and where its folder goes. */
export interface PlannedChange extends Pick<OpenChange, 'id' | 'folder' | 'tasks'> {
  base: string;
  archive: string;
}

/** A living spec and what it becomes. */
export interface PlannedSpec {
  /** Path in the bundle. */
  file: string;
  capability: string;
  /** As it is; undefined if it is new. */
  before: string | undefined;
  after: string;
  touched: (Touched & { change: string })[];
}

export interface MergeNote {
  change: string;
  file: string;
  line: number;
  message: string;
}

export interface MergePlan {
  changes: PlannedChange[];
  specs: PlannedSpec[];
  /** Why nothing may be written; the plan is not to be carried out if there are any. */
  conflicts: Diagnostic[];
  notes: MergeNote[];
}

type Based = OpenChange & { base: string };

/**
 * Merges the chosen changes into the living specs, one after the other in the order given, as `openspec archive` 1.13 would. Pure: says what would
 * be written. Changes that touch one requirement conflict, whichever comes first.
 */
export function planMerge(
  chosen: readonly Based[],
  { folder, date }: { folder: OpenSpecFolder; /** `YYYY-MM-DD`, the day of the archive. */ date: string },
): MergePlan {
  const planner = new Planner(folder);
  for (const change of chosen) planner.take(change);
  planner.conflicts.push(...concurrent(chosen));
  planner.notes.push(...overtaken(chosen, folder.changes));
  const specs = [...planner.specs.values()];
  const faults = specs.flatMap(resultFaults);
  return {
    changes: chosen.map(({ id, folder: path, tasks, base }) => ({
      id,
      folder: path,
      tasks,
      base,
      archive: archiveOf(base, id, date),
    })),
    specs,
    conflicts: planner.conflicts.length > 0 ? planner.conflicts : faults,
    notes: planner.notes,
  };
}

/** A name that begins with a date keeps it (`core/archive.js`). */
function archiveOf(base: string, id: string, date: string): string {
  return `${base}changes/archive/${/^\d{4}-\d{2}-\d{2}-/.test(id) ? id : `${date}-${id}`}`;
}

class Planner {
  readonly specs = new Map<string, PlannedSpec>();
  readonly conflicts: Diagnostic[] = [];
  readonly notes: MergeNote[] = [];
  readonly #living: OpenSpecFolder['living'];

  constructor({ living }: OpenSpecFolder) {
    this.#living = living;
  }

  take(change: Based): void {
    const { id, nested, strays, skipsSpecs, deltas } = change;
    if (nested !== undefined) this.#refuse(change, 'OPENSPEC_DELTA_MISPLACED', NESTED(nested));
    for (const stray of strays) this.conflicts.push(conflict('OPENSPEC_DELTA_MISPLACED', { file: stray.path, line: 1 }, STRAY));
    if (skipsSpecs === 'unheeded') this.#refuse(change, 'OPENSPEC_DELTA_CONTRADICTS', UNHEEDED);
    if (skipsSpecs === 'set' && hasSpecs(change)) this.#refuse(change, 'OPENSPEC_DELTA_CONTRADICTS', SKIPPED);
    if (deltas.length === 0) this.notes.push({ change: id, file: change.folder, line: 1, message: 'It changes no spec.' });
    for (const delta of deltas) this.#merge(change, delta);
  }

  #merge({ id, base, retires }: Based, { path: source, capability, text: delta }: DeltaFile): void {
    const path = specPath(base, capability);
    const living = this.#living.get(path);
    const spec = this.specs.get(path) ?? newSpec(living, { path, capability });
    this.specs.set(path, spec);
    const current = spec.touched.length > 0 || living !== undefined ? spec.after : undefined;
    const { text, conflicts, notes, touched } = mergeDeltas({ capability, change: id, delta, current });
    const own = deltaFaults(specOutline(delta)).filter(({ code }) => IN_DELTA.has(code));
    for (const found of conflicts) this.conflicts.push(conflict(codeOf(found), { file: source, line: found.line }, found));
    for (const found of own) this.conflicts.push(conflict(found.code, { file: source, line: found.line }, found));
    for (const { line, message } of notes) this.notes.push({ change: id, file: source, line, message });
    if (text === undefined || (touched.length === 0 && current !== undefined)) return;
    spec.after = withEndsOf(spec.before, text);
    spec.touched.push(...touched.map((each) => ({ ...each, change: id })));
    if (retires) this.notes.push({ change: id, file: source, line: 1, message: RETIRES });
  }

  #refuse({ folder }: OpenChange, code: DiagnosticCode, finding: { message: string; hint: string }): void {
    this.conflicts.push(conflict(code, { file: folder, line: 1 }, finding));
  }
}

function hasSpecs({ folder, files }: OpenChange): boolean {
  return files.some(({ path }) => path.startsWith(`${folder}/specs/`));
}

const RETIRES = 'It may retire capabilities (`retire_capabilities`); that is left to `openspec archive`.';
const STRAY = {
  message: 'OpenSpec reads only `specs/<capability>/spec.md`: this delta would be archived without being merged.',
  hint: 'Move it into a folder with the name of the capability.',
};
const NESTED = (inner: string): { message: string; hint: string } => ({
  message: `This is no change, but a folder around one: \`${inner}\`.`,
  hint: 'Move that one up, directly below `changes/`.',
});

function newSpec(living: BundleFile | undefined, { path, capability }: { path: string; capability: string }): PlannedSpec {
  return { file: living?.path ?? path, capability, before: living?.text, after: living?.text ?? '', touched: [] };
}

/** A spec that has CRLF in half of its lines or more has it in all of them (`utils/line-endings.js`). */
function withEndsOf(before: string | undefined, text: string): string {
  if (before === undefined) return text;
  const ends = before.match(/\r?\n/g) ?? [];
  const wide = ends.filter((end) => end === '\r\n').length;
  return wide > 0 && wide * 2 >= ends.length ? text.replaceAll('\n', '\r\n') : text;
}

function codeOf({ losesScenarios }: MergeFinding): DiagnosticCode {
  return losesScenarios === true ? 'OPENSPEC_SCENARIO_LOST' : 'OPENSPEC_DELTA_UNMERGEABLE';
}

const HINT = 'Bring the delta in line with the living spec as it is now.';

function conflict(
  code: DiagnosticCode,
  at: { file: string; line: number },
  { message, hint = HINT }: { message: string; hint?: string },
): Diagnostic {
  return { severity: 'error', code, message, hint, ...at, column: 1 };
}

/** Faults of a delta's own requirements that the tool refuses before it merges. */
const IN_DELTA: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'OPENSPEC_REQUIREMENT_EMPTY',
  'OPENSPEC_SCENARIO_MISSING',
]);

/** Faults for which the tool writes no spec. */
const IN_SPEC: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  ...IN_DELTA,
  'OPENSPEC_PURPOSE_MISSING',
  'OPENSPEC_REQUIREMENTS_MISSING',
  'OPENSPEC_REQUIREMENT_OUTSIDE',
  'OPENSPEC_REQUIREMENT_REPEATED',
  'OPENSPEC_DELTA_IN_SPEC',
]);

/** What the tool would say of a spec as it would be written. */
function resultFaults({ file, capability, after }: PlannedSpec): Diagnostic[] {
  if (after === '') return [];
  const outline = specOutline(after);
  const faults = mainSpecFaults(outline)
    .filter(({ code }) => IN_SPEC.has(code))
    .map((fault: Fault) => ({ ...fault, message: `As it would be written: ${fault.message}` }));
  if (outline.blocks.length === 0 && faults.every(({ code }) => code === 'OPENSPEC_REQUIREMENTS_MISSING')) {
    const message = `No requirement of ${capability} would be left, and a spec without any is invalid.`;
    const hint = 'Keep one; to retire the whole capability, say `retire_capabilities: true` and use `openspec archive`.';
    return [conflict('OPENSPEC_REQUIREMENTS_MISSING', { file, line: 1 }, { message, hint })];
  }
  return faults.map((fault) => conflict(fault.code, { file, line: fault.line }, fault));
}

/** One capability under one name, wherever in a repository it lies. */
function touches(changes: readonly OpenChange[]): { change: string; capability: string; delta: string; file: string }[] {
  return changes.flatMap(({ folder, base = '', deltas }) =>
    deltas.map(({ capability, text, path }) => ({
      change: folder,
      capability: specPath(base, capability),
      delta: text,
      file: path,
    })),
  );
}

function concurrent(chosen: readonly Based[]): Diagnostic[] {
  const deltas = touches(chosen);
  return changeConflicts(deltas).map(({ capability, requirement, touches: found }) => {
    const names = found.map(({ change, operation }) => `${nameOf(change)} (${operation})`);
    const last = found.at(-1);
    const file = deltas.find((each) => each.change === last?.change && each.capability === capability)?.file ?? '';
    const message = `${listed(names)} touch \`${requirement}\` of ${capabilityOf(capability)}.`;
    const hint = 'Merge one of them first by naming it with --change, and bring the other in line with the spec it leaves.';
    return conflict('OPENSPEC_CHANGES_CONFLICT', { file, line: last?.line ?? 1 }, { message, hint });
  });
}

/** Changes that stay, and that will find their requirement other than they know it. */
function overtaken(chosen: readonly Based[], all: readonly OpenChange[]): MergeNote[] {
  const going = new Set(chosen.map(({ folder }) => folder));
  const deltas = touches(all);
  return changeConflicts(deltas).flatMap(({ capability, requirement, touches: found }) => {
    const staying = found.filter(({ change }) => !going.has(change));
    if (staying.length === found.length || staying.length === 0) return [];
    return staying.map(({ change, line }) => {
      const file = deltas.find((each) => each.change === change && each.capability === capability)?.file ?? '';
      const others = found.filter((each) => going.has(each.change)).map((each) => nameOf(each.change));
      const message = `It touches \`${requirement}\` of ${capabilityOf(capability)} too, which ${listed(others)} ${others.length === 1 ? 'changes' : 'change'} now.`;
      return { change: nameOf(change), file, line, message };
    });
  });
}

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);
const capabilityOf = (path: string): string => path.replace(/^(?:.*\/)?specs\/(.+)\/spec\.md$/, '$1');

/** `3 of 5 tasks are done`. */
export function progressOf({ tasks: { total, done } }: Pick<OpenChange, 'tasks'>): string {
  if (total === 0) return 'it lists no task';
  return done === total ? `all of ${counted(total, 'task')} done` : `${done} of ${counted(total, 'task')} done`;
}
