import { listed } from '../../../base/text.ts';
import type { Desk } from '../../dialect.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { lineText } from '../../source-text.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { WorkDraft, WorkReading } from '../../work/work-draft.ts';
import { markOf, SKIPPED, UNHEEDED } from './change-metadata.ts';
import { changeConflicts, type ConcurrentDelta } from './change-conflicts.ts';
import { type DeltaRequirements, withCovers } from './covered-requirements.ts';
import { deltaSpec, isEmptyDelta, isLostDelta } from './delta-spec.ts';
import type { Change, Role } from './layout.ts';
import { mergeDeltas } from './merge-deltas.ts';
import { readContext, specChecklist } from './read-context.ts';
import { readSpec } from './read-spec.ts';
import { readTasks } from './read-tasks.ts';
import { reportDeltaFaults } from './report-faults.ts';
import { specOutline } from './spec-outline.ts';

type ChangeRole = Extract<Role, { change: Change }>;

interface ChangeFile {
  account: LineAccount;
  role: ChangeRole;
}

/** Reads changes, each as a whole: its tasks refer to its deltas, and its deltas to the living specs. */
export class ChangeReader {
  readonly #desk: Desk;
  readonly #work: WorkReading;
  readonly #changes = new Map<string, ChangeFile[]>();
  /** Living specs by capability. */
  readonly #living = new Map<string, string>();
  readonly #concurrent: (ConcurrentDelta & { account: LineAccount })[] = [];
  readonly #titles: string[] = [];

  constructor(desk: Desk, work: WorkReading) {
    this.#desk = desk;
    this.#work = work;
  }

  /** Title of the change, if the bundle holds one that is not archived, and nothing else. */
  get onlyTitle(): string | undefined {
    return this.#changes.size === 1 && this.#living.size === 0 ? this.#titles[0] : undefined;
  }

  take(account: LineAccount, role: ChangeRole): void {
    const known = this.#changes.get(role.change.folder) ?? [];
    known.push({ account, role });
    this.#changes.set(role.change.folder, known);
  }

  addLiving(capability: string, text: string): void {
    this.#living.set(capability, text);
  }

  read(): void {
    for (const files of this.#changes.values()) this.#readChange(files);
    this.#reportConflicts();
  }

  #readChange(files: readonly ChangeFile[]): void {
    const change = files[0]?.role.change;
    if (change === undefined) return;
    const deltas = change.archived ? [] : files.flatMap((file) => this.#readDelta(file, change));
    const tasks = files.filter(({ role }) => role.type === 'tasks').flatMap(({ account }) => this.#readTasks(account, change));
    this.#work.tasks.push(...withCovers(tasks, deltas));
    for (const file of files) this.#readRest(file);
    const title = this.#titleOf(files) ?? change.id;
    if (title !== '') this.#titles.push(title);
    if (!change.archived) this.#reportNoDeltas(files);
  }

  /** In an archived change a delta is history: what it demanded stands in the living spec, or has been changed since. */
  #readDelta({ account, role }: ChangeFile, change: Change): DeltaRequirements[] {
    if (role.type !== 'delta') return [];
    const outline = specOutline(account.source.text);
    const scope = [scopeOf(change), 'specs', role.capability].filter((part) => part !== '').join('/');
    const requirements = readSpec({ account, scope, outline });
    this.#work.requirements.push(...requirements, ...specChecklist(account, scope));
    reportDeltaFaults(account, outline, this.#desk.diagnostics);
    const delta = deltaSpec(outline);
    this.#concurrent.push({ account, change: change.id, capability: role.capability, delta });
    this.#reportMerge(account, { change, capability: role.capability });
    settleRest(account, this.#desk, 'in a delta, where it is no task');
    return [{ capability: role.capability, requirements }];
  }

  #readTasks(account: LineAccount, change: Change): WorkDraft[] {
    const prefix = this.#changes.size > 1 ? change.id : '';
    const { title, tasks, criteria, edges } = readTasks(
      { account, scope: scopeOf(change), prefix, archived: change.archived },
      this.#desk,
    );
    this.#work.requirements.push(...criteria);
    for (const edge of edges) this.#work.edges.push(edge);
    if (tasks.length === 0 && !change.archived && account.source.lineCount > 0) {
      const message = `${title ?? account.source.path} lists no task.`;
      const hint = 'Write `- [ ] 1.1 …` under `## 1. …`.';
      this.#desk.diagnostics.report(
        'OPENSPEC_TASKS_MISSING',
        { file: account.source.path, line: 1, column: 1 },
        { message, hint },
      );
    }
    return tasks;
  }

  #readRest({ account, role }: ChangeFile): void {
    const { path, lineCount } = account.source;
    if (role.type === 'tasks' || (role.type === 'delta' && !role.change.archived)) return;
    if (isMarkdown(path))
      this.#work.requirements.push(...readContext(account, { role, scope: scopeOf(role.change), desk: this.#desk }));
    else account.mark({ line: 1, endLine: lineCount }, 'document');
  }

  /** Whether the tool could merge the delta, if the living spec it is for is at hand, or there is none yet. */
  #reportMerge(account: LineAccount, { change, capability }: { change: Change; capability: string }): void {
    const current = this.#living.get(capability);
    if (current === undefined && this.#living.size === 0) return;
    const outline = deltaSpec(account.source.text);
    if (isEmptyDelta(outline)) return;
    const { conflicts } = mergeDeltas({ capability, change: change.id, delta: account.source.text, current });
    const hint = 'Bring the delta in line with the living spec as it is now.';
    for (const { line, message, losesScenarios } of conflicts) {
      const code = losesScenarios === true ? 'OPENSPEC_SCENARIO_LOST' : 'OPENSPEC_DELTA_UNMERGEABLE';
      this.#desk.diagnostics.report(code, { file: account.source.path, line, column: 1 }, { message, hint });
    }
  }

  #reportConflicts(): void {
    for (const { capability, requirement, touches } of changeConflicts(this.#concurrent)) {
      const names = touches.map(({ change, operation }) => `${change} (${operation})`);
      const last = touches.at(-1);
      const account = this.#concurrent.find((each) => each.capability === capability && each.change === last?.change)?.account;
      if (last === undefined || account === undefined) continue;
      const message = `${listed(names)} touch \`${requirement}\` of ${capability}.`;
      const hint = 'Merge one of them first, and bring the other in line with the spec it leaves.';
      this.#desk.diagnostics.report(
        'OPENSPEC_CHANGES_CONFLICT',
        { file: account.source.path, line: last.line, column: 1 },
        { message, hint },
      );
    }
  }

  /** Files that look like deltas where the tool reads none; whether there are some. */
  #reportStrays(files: readonly ChangeFile[]): boolean {
    const strays = files.filter(
      ({ account, role }) => role.type === 'stray-delta' && isLostDelta(account.source.path, account.source.text),
    );
    for (const { account } of strays) {
      const message = 'OpenSpec reads only `specs/<capability>/spec.md`.';
      const place = { file: account.source.path, line: 1, column: 1 };
      this.#desk.diagnostics.report('OPENSPEC_DELTA_MISPLACED', place, {
        message,
        hint: 'Move it into a folder with the name of the capability.',
      });
    }
    return strays.length > 0;
  }

  /** A mark that the tool does not heed, or that the files contradict; whether there is one at all. */
  #reportSkipping(files: readonly ChangeFile[]): boolean {
    const metadata = files.find(({ role }) => role.type === 'change-metadata')?.account.source;
    const skips = markOf(metadata?.text, { mark: 'skip_specs', paths: this.#desk.bundle.files.map(({ path }) => path) });
    const hasSpecs = files.some(({ account, role }) => account.source.path.startsWith(`${folderOf(role.change)}specs/`));
    if (metadata !== undefined && (skips === 'unheeded' || (skips === 'set' && hasSpecs))) {
      const place = { file: metadata.path, line: 1, column: 1 };
      this.#desk.diagnostics.report('OPENSPEC_DELTA_CONTRADICTS', place, skips === 'set' ? SKIPPED : UNHEEDED);
    }
    return skips !== 'unset';
  }

  #reportNoDeltas(files: readonly ChangeFile[]): void {
    const at = files.find(({ role }) => role.type === 'proposal') ?? files.find(({ role }) => role.type === 'tasks') ?? files[0];
    const isMisplaced = this.#reportStrays(files);
    const isSkipped = this.#reportSkipping(files);
    const isAlone = files.every(({ role }) => role.type === 'tasks') && files.length === this.#desk.accounts.length;
    if (
      at === undefined ||
      isAlone ||
      at.role.change.besides === true ||
      isMisplaced ||
      isSkipped ||
      files.some(({ role }) => role.type === 'delta')
    )
      return;
    const message = `The change ${at.role.change.id === '' ? '' : `\`${at.role.change.id}\` `}has no delta.`;
    const hint = 'Write `specs/<capability>/spec.md`, or `skip_specs: true` into its `.openspec.yaml`.';
    this.#desk.diagnostics.report('OPENSPEC_NO_DELTAS', { file: at.account.source.path, line: 1, column: 1 }, { message, hint });
  }

  #titleOf(files: readonly ChangeFile[]): string | undefined {
    const proposal = files.find(({ role }) => role.type === 'proposal')?.account.source;
    if (proposal === undefined) return undefined;
    for (let line = 1; line <= Math.min(proposal.lineCount, 20); line++) {
      const title = /^#\s+(?:(?:change|proposal|变更|變更|提案|変更)\s*[:：—–-]\s*)?(\S.*)$/i.exec(lineText(proposal, line))?.[1];
      if (title !== undefined) return plainText(title);
    }
    return undefined;
  }
}

/** Ids of tasks are unique in their change; one that is the whole bundle needs no name. */
function scopeOf({ folder }: Change): string {
  return folder
    .replace(/^(?:(.*?)\/)?openspec\/(?:changes\/)?/, (_, before?: string) => (before === undefined ? '' : `${before}/`))
    .replace(/^changes\//, '');
}

function folderOf({ folder }: Change): string {
  return folder === '' ? '' : `${folder}/`;
}
