import type { Desk } from '../../dialect.ts';
import { boxAt } from '../../markdown/checkbox.ts';
import { plainText } from '../../markdown/passage.ts';
import type { WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { isSettled } from '../../work/marks.ts';
import { sequenceEdges } from '../../work/sequence.ts';
import { type EdgeDraft, PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { criterionOf, type StatusBox } from './boxes.ts';
import { laneStatus } from './lanes.ts';
import { mergedFacts, type PackageFacts, type Said } from './package-facts.ts';
import type { Prompt } from './read-prompt.ts';
import { leadingId, type PlacedBox, type TaskListReader } from './read-task-list.ts';

/** A work package with its draft, and its sub-tasks in their order. */
interface Package {
  facts: PackageFacts;
  draft: WorkDraft;
  steps: { task: WorkDraft; parallel: boolean }[];
  /** Whether a lane says how far it is. */
  hasLane: boolean;
}

/** Puts together what the files of a mission say of its work packages. */
export class PackageDrafts {
  manifest: readonly PackageFacts[] = [];
  list: TaskListReader | undefined;
  log: ReadonlyMap<string, string> | undefined;
  lanes: ReadonlyMap<string, string> | undefined;
  readonly prompts: (Prompt & { boxes: readonly PlacedBox[] })[] = [];
  readonly #scope: string;
  readonly #desk: Desk;
  readonly #packages = new Map<string, Package>();
  readonly #subTasks = new Map<string, WorkDraft>();
  readonly #requirements: RequirementDraft[] = [];

  constructor(scope: string, desk: Desk) {
    this.#scope = scope;
    this.#desk = desk;
  }

  drafts(): { tasks: WorkDraft[]; requirements: RequirementDraft[]; edges: EdgeDraft[] } {
    for (const facts of this.#allFacts()) this.#addPackage(facts);
    for (const placed of [...(this.list?.boxes ?? []), ...this.prompts.flatMap(({ boxes }) => boxes)]) this.#readBox(placed);
    for (const each of this.#packages.values()) this.#addListedSubTasks(each);
    const packages = [...this.#packages.values()];
    for (const each of packages) if (!each.hasLane) each.draft.status = statusByParts(each);
    const tasks = packages.flatMap(({ draft, steps }) => [draft, ...steps.map(({ task }) => task)]);
    const edges = packages.flatMap((each, index) => [...this.#edgesOf(each, packages[index - 1]), ...partEdges(each)]);
    return { tasks: [...tasks, ...this.#loose], requirements: this.#requirements, edges };
  }

  /** Sub-tasks that stand under no work package. */
  readonly #loose: WorkDraft[] = [];

  /** The facts of each work package by rank of their source, in the order of their numbers. */
  #allFacts(): PackageFacts[] {
    const prompts = this.prompts.map(({ facts }) => facts);
    const byId = Map.groupBy([...this.manifest, ...prompts, ...(this.list?.packages ?? [])], ({ id }) => id);
    const merged = [...byId.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : mergedFacts([first, ...others]),
    );
    const places = new Map(prompts.map(({ id, at }) => [id, at]));
    return merged
      .map((facts) => ({ ...facts, at: places.get(facts.id) ?? facts.at }))
      .toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  #addPackage(facts: PackageFacts): void {
    const { id, at, title = id, milestone, priority, details } = facts;
    const lane = this.log?.get(id) ?? this.lanes?.get(id) ?? facts.lane;
    const status = lane === undefined ? 'todo' : this.#statusOf(lane, facts);
    const draft: WorkDraft = {
      ...PLAIN_WORK,
      key: `${at.file}:${at.line}:${id}`,
      scope: this.#scope,
      sourceId: id,
      name: shortened(title),
      section: milestone ?? 'Work packages',
      source: at,
      text: title,
      status,
      writes: [...(facts.writes ?? [])],
      labels: lane === 'approved' || lane === 'blocked' ? [lane] : [],
      covers: (facts.requirements ?? []).map(({ text, at: place }) => ({ printed: text, at: place })),
    };
    if (milestone !== undefined) draft.milestone = milestone;
    if (priority !== undefined) draft.priority = priority;
    if (details !== undefined) draft.details = details;
    this.#accountOf(at.file)?.mark(at, 'element', draft.key);
    this.#packages.set(id, { facts, draft, steps: [], hasLane: lane !== undefined });
  }

  #statusOf(lane: string, { id, at }: PackageFacts): WorkStatus {
    const status = laneStatus(lane);
    if (status === 'unknown') {
      const message = `${id} is in the lane \`${lane}\`, which is not known; it is taken as open.`;
      const hint = 'Lanes are planned, claimed, in_progress, for_review, in_review, approved, done, blocked and canceled.';
      this.#desk.diagnostics.report('SPEC_STATUS_UNKNOWN', at, { message, hint });
    }
    return status;
  }

  #accountOf(path: string) {
    return this.#desk.accounts.find(({ source }) => source.path === path);
  }

  #readBox({ box, section, within }: PlacedBox): void {
    const printed = leadingId(box.text);
    const home = this.#packages.get(within ?? '') ?? this.#homeOf(printed?.id);
    if (printed === undefined) this.#addCriterion(box, section, home);
    else if (printed.id.startsWith('WP')) this.#readPackageBox(box, section, printed.id);
    else if (this.#subTasks.has(printed.id)) this.#settle(box, this.#subTasks.get(printed.id), 'subTask');
    else this.#addSubTask(box, { ...printed, section }, home);
  }

  #homeOf(id: string | undefined): Package | undefined {
    if (id === undefined) return undefined;
    return [...this.#packages.values()].find(({ facts }) => facts.subTasks?.some(({ text }) => text === id) === true);
  }

  #addCriterion(box: StatusBox, section: string, home: Package | undefined): void {
    this.#requirements.push(criterionOf(box, { scope: this.#scope, section, parent: home?.draft.key }));
  }

  #settle({ account, line }: StatusBox, draft: WorkDraft | undefined, as: 'task' | 'subTask'): void {
    account.mark({ line, endLine: line }, 'element', draft?.key);
    account.settleCheckbox(line, as);
  }

  /** A checkbox of a whole work package says how far it is, where no lane does. */
  #readPackageBox(box: StatusBox, section: string, id: string): void {
    const home = this.#packages.get(id);
    if (home === undefined) return this.#addCriterion(box, section, undefined);
    this.#settle(box, home.draft, 'task');
    if (home.hasLane) return;
    home.hasLane = true;
    home.draft.status = box.status;
    const mark = boxAt(box.raw, box.line);
    if (mark !== undefined && box.account.source.path === home.draft.source.file) home.draft.box = mark;
  }

  #addSubTask(
    box: StatusBox,
    { id, rest, parallel, section }: { id: string; rest: string; parallel: boolean; section: string },
    home: Package | undefined,
  ): void {
    const text = plainText(rest.replace(/\s{0,9}\(\s{0,9}WP\d{2,3}\s{0,9}\)[\s:]{0,9}$/, '')) || id;
    const draft = this.#subTask({ text: id, at: box.source }, text, { section, home });
    draft.status = box.status;
    const mark = boxAt(box.raw, box.line);
    if (mark !== undefined) draft.box = mark;
    this.#settle(box, draft, home === undefined ? 'task' : 'subTask');
    if (home === undefined) this.#loose.push(draft);
    else home.steps.push({ task: draft, parallel: parallel || this.list?.parallel.has(id) === true });
  }

  #subTask({ text: id, at }: Said, text: string, { section, home }: { section: string; home: Package | undefined }): WorkDraft {
    const draft: WorkDraft = {
      ...PLAIN_WORK,
      key: `${at.file}:${at.line}:${id}`,
      scope: this.#scope,
      sourceId: id,
      name: shortened(text),
      section,
      source: at,
      text,
      status: 'todo',
      writes: [...(home?.draft.writes ?? [])],
      labels: [],
    };
    if (home !== undefined) draft.parent = home.draft.key;
    if (home?.draft.milestone !== undefined) draft.milestone = home.draft.milestone;
    if (home?.draft.priority !== undefined) draft.priority = home.draft.priority;
    this.#subTasks.set(id, draft);
    return draft;
  }

  /** Sub-tasks that front matter or `wps.yaml` list and that have no checkbox: as far as their work package is. */
  #addListedSubTasks(home: Package): void {
    const titles = this.prompts.find(({ facts }) => facts.id === home.facts.id)?.titles;
    for (const listed of home.facts.subTasks ?? []) {
      if (!/^T\d{3,4}[a-z]?$/.test(listed.text) || this.#subTasks.has(listed.text)) continue;
      const title = plainText(titles?.get(listed.text) ?? this.list?.titles.get(listed.text) ?? listed.text);
      const draft = this.#subTask(listed, title, { section: home.draft.name, home });
      draft.status = isSettled(home.draft.status) ? home.draft.status : 'todo';
      home.steps.push({ task: draft, parallel: this.list?.parallel.has(listed.text) === true });
    }
  }

  #edgesOf({ facts, draft }: Package, before: Package | undefined): EdgeDraft[] {
    if (facts.dependencies === undefined) return this.#unstated(draft, before);
    return facts.dependencies.flatMap(({ text, at }): EdgeDraft[] => {
      const target = this.#packages.get(text.toUpperCase())?.draft ?? this.#subTasks.get(text.toUpperCase());
      if (target !== undefined)
        return [{ from: draft.key, to: { key: target.key }, kind: 'explicit', because: `depends on ${text}`, at }];
      if (/^(?:none|n\/a|-)$/i.test(text)) return [];
      const message = `\`${facts.id}\` depends on \`${text}\`, which is no work package of its mission.`;
      this.#desk.diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', at, { message, hint: 'Correct the id, or remove it.' });
      return [];
    });
  }

  /** Nothing said is not the same as no dependencies: it is done in the order of the numbers. */
  #unstated(draft: WorkDraft, before: Package | undefined): EdgeDraft[] {
    if (before === undefined || isSettled(draft.status)) return [];
    const id = before.draft.sourceId ?? before.draft.name;
    const message = `Nothing is said of what \`${draft.sourceId ?? draft.name}\` depends on; it follows ${id}.`;
    const hint = 'Write `dependencies: []` if it depends on nothing.';
    this.#desk.diagnostics.report('SPEC_DEPENDENCY_UNSTATED', draft.source, { message, hint });
    const because = `stands after ${id}, and nothing is said of its dependencies`;
    return [{ from: draft.key, to: { key: before.draft.key }, kind: 'inferred', because }];
  }
}

function partEdges({ draft, steps }: Package): EdgeDraft[] {
  return sequenceEdges([{ title: draft.sourceId ?? draft.name, steps }]);
}

function statusByParts({ steps }: Package): WorkStatus {
  const statuses = steps.map(({ task }) => task.status);
  if (statuses.length > 0 && statuses.every(isSettled)) return 'done';
  return statuses.some((status) => status === 'done' || status === 'doing') ? 'doing' : 'todo';
}

function numberOf({ id }: PackageFacts): number {
  return Number(/\d+/.exec(id)?.[0] ?? 0);
}
