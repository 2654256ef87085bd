import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import { type OpenChange, type OpenSpecFolder, openSpecFolder } from '../../../spec/dialects/openspec/open-changes.ts';
import { type MergePlan, planMerge, type PlannedSpec, progressOf } from '../../../spec/dialects/openspec/plan-merge.ts';
import { interpret } from '../../../spec/interpret.ts';
import { lineDiff } from '../../../spec/line-diff.ts';
import { didYouMean, NearestName } from '../../../spec/nearest-name.ts';
import { changeSource, checkSource, type SourceChange } from '../../workspace/change-source.ts';
import { elsewhere } from '../../workspace/bundle-address.ts';
import { shownBundle } from '../../workspace/git-address.ts';
import { openSource } from './open-source.ts';
import type { Handler, MergeInput } from '../operations.ts';
import type { MergedSpec, MergeView } from '../views.ts';

/**
 * Merges OpenSpec changes into the living specs and archives them. All of it is worked out and held against the files before anything is
 * written; specs are written first, folders moved last, so that running it again after a crash finishes it.
 */
export const merge: Handler<'merge'> = async (input, context) => {
  const dialect = { dialect: 'openspec' };
  const away = elsewhere(input.bundle, context.cwd);
  if (away !== undefined) throw unmergeable(input, away);
  const { bundle, fixed } = await openSource({ bundle: input.bundle, ...dialect }, context);
  if (fixed !== undefined) throw unmergeable(input, fixed);
  const folder = openSpecFolder(bundle, (await interpret(bundle, dialect)).elements);
  if (folder === undefined) throw unmergeable(input, 'it holds neither living specs nor changes of OpenSpec');
  const chosen = choose(folder, input);
  const plan = planMerge(chosen, { folder, date: localDate(systemClock.now()) });
  refuseConflicts(plan);
  const change = changeOf(plan, folder);
  if (input.dryRun === true) checkSource(bundle.root, change);
  else changeSource(bundle.root, change);
  return viewOf(plan, folder, input);
};

type Based = OpenChange & { base: string };

/** In the order in which they are named; by default in the order of their names. */
function choose(folder: OpenSpecFolder, input: MergeInput): Based[] {
  const { changes: named = [] } = input;
  const chosen = named.length > 0 ? [...new Set(named)].map((name) => find(folder, name)) : folder.changes.filter(isDone);
  return [...new Set(chosen)].map((change) => {
    const { base } = change;
    if (base === undefined) throw unmergeable(input, `the living specs lie outside of it`);
    return { ...change, base };
  });
}

const isDone = ({ tasks: { total, done } }: OpenChange): boolean => total > 0 && done === total;

function find({ changes }: OpenSpecFolder, name: string): OpenChange {
  const found = changes.filter(({ id, folder }) => id === name || folder === name);
  const [first] = found;
  if (first === undefined) {
    const nearest = new NearestName(() => changes.map(({ id }) => id)).nearest(name);
    throw new NexusError('NOT_FOUND', `There is no open change ${name}.`, {
      hint: `${didYouMean(nearest)}Changes lie in \`openspec/changes\`; \`spec-kit merge BUNDLE --dry-run\` lists them.`,
    });
  }
  if (found.length === 1) return first;
  throw new NexusError('USAGE', `Several changes are called ${name}.`, {
    hint: 'Name the folder of the one you mean.',
    details: { folders: found.map(({ folder }) => folder) },
  });
}

function unmergeable({ bundle }: MergeInput, why: string): NexusError {
  return new NexusError('USAGE', `Nothing can be merged in ${shownBundle(bundle)}: ${why}.`, {
    hint: 'Name the folder `openspec` on this machine, or the one that it lies in.',
  });
}

function refuseConflicts({ conflicts }: MergePlan): void {
  if (conflicts.length === 0) return;
  throw new NexusError('MERGE_CONFLICT', `Nothing was merged: ${counted(conflicts.length, 'conflict')}.`, {
    hint: 'Mend what is listed, or name the changes to merge with --change.',
    details: { diagnostics: conflicts },
  });
}

/** The day on this machine, as the tool dates its archive. */
function localDate(now: number): string {
  const date = new Date(now);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const DELTAS = /^specs\/.+\.md$/i;

function changeOf({ changes, specs }: MergePlan, folder: OpenSpecFolder): SourceChange {
  const going = new Set(changes.map((change) => change.folder));
  const read = folder.changes.filter((change) => going.has(change.folder)).flatMap(({ files }) => files);
  const files = specs.filter(isTouched).map(({ file, before, after }) => ({ path: file, before, after }));
  return { read, files, moves: changes.map((change) => ({ from: change.folder, to: change.archive, whole: DELTAS })) };
}

const isTouched = ({ touched }: PlannedSpec): boolean => touched.length > 0;

const OPERATIONS = { ADDED: 'added', MODIFIED: 'modified', REMOVED: 'removed', RENAMED: 'renamed' } as const;

function viewOf({ changes, specs, notes }: MergePlan, folder: OpenSpecFolder, { dryRun = false }: MergeInput): MergeView {
  const going = new Set(changes.map((change) => change.folder));
  return {
    kind: 'Merge',
    dryRun,
    changes: changes.map(({ id, folder: path, archive, tasks }) => ({ name: id, folder: path, archive, tasks })),
    specs: specs.map(specView),
    passedOver: folder.changes
      .filter((change) => !going.has(change.folder))
      .map((change) => ({ name: change.id, folder: change.folder, reason: progressOf(change) })),
    notes,
  };
}

function specView(spec: PlannedSpec): MergedSpec {
  const { file, capability, before, after, touched } = spec;
  return {
    file,
    capability,
    state: !isTouched(spec) ? 'unchanged' : before === undefined ? 'created' : 'updated',
    requirements: touched.map(({ operation, requirement, from, change }) => ({
      operation: OPERATIONS[operation],
      name: requirement,
      ...(from === undefined ? {} : { from }),
      change,
    })),
    diff: isTouched(spec) ? lineDiff(before ?? '', after) : [],
  };
}
