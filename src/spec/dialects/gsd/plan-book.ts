import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { partStatus } from '../../work/box-lines.ts';
import type { WorkReading } from '../../work/work-draft.ts';
import { plainNumber, planPlace, rootOf, summariesOf } from './layout.ts';
import { type Phase, phaseEdges } from './plan-order.ts';
import { readPlan } from './read-plan.ts';
import { type PhaseNeed, type Roadmap, type RoadmapBox, roadmapTask } from './read-roadmap.ts';

interface Options {
  desk: Desk;
  manyRoots: boolean;
  /** Paths of the summaries there are. */
  summaries: readonly string[];
}

/** What one scope holds: its phases, and what its roadmap says of them. */
interface Volume {
  phases: Map<string, Phase>;
  needs: PhaseNeed[];
  requirements: Roadmap['requirements'];
  titles: Map<string, string>;
  boxes: RoadmapBox[];
}

/** Brings roadmaps and plans together: a plan is the task, whether the roadmap lists it or not, and a phase that has a box is its whole. */
export class PlanBook {
  readonly #options: Options;
  readonly #summaries: ReadonlySet<string>;
  readonly #volumes = new Map<string, Volume>();
  readonly #work: WorkReading = { tasks: [], requirements: [], edges: [] };

  constructor(options: Options) {
    this.#options = options;
    this.#summaries = new Set(options.summaries.map((path) => path.toLowerCase()));
  }

  addRoadmap({ boxes, needs, requirements, titles, criteria }: Roadmap, path: string): void {
    const volume = this.#volume(this.#scopeOfRoadmap(path));
    volume.boxes.push(...boxes);
    volume.needs.push(...needs);
    for (const [phase, ids] of requirements) volume.requirements.set(phase, ids);
    for (const [phase, title] of titles) volume.titles.set(phase, title);
    this.#work.requirements.push(...criteria);
  }

  /** An archived `milestones/v1.0-ROADMAP.md` tells of `milestones/v1.0-phases/`. */
  #scopeOfRoadmap(path: string): string {
    const root = rootOf(path);
    const inside = root === '' ? path : path.slice(root.length + 1);
    const archive = inside === 'ROADMAP.md' ? '' : inside.replace(/-?ROADMAP\.md$/, '-phases');
    return [this.#options.manyRoots ? root : '', archive].filter((part) => part !== '').join('/');
  }

  #volume(scope: string): Volume {
    const known = this.#volumes.get(scope);
    if (known !== undefined) return known;
    const made: Volume = { phases: new Map(), needs: [], requirements: new Map(), titles: new Map(), boxes: [] };
    this.#volumes.set(scope, made);
    return made;
  }

  /** Reads a plan; false if the file is none. */
  addPlan(account: LineAccount): boolean {
    const { path } = account.source;
    const place = planPlace(path, this.#options.manyRoots);
    const volume = this.#volume(place.scope);
    const finished = summariesOf(path).some((summary) => this.#summaries.has(summary.toLowerCase())) || isTicked(volume, place);
    const plan = readPlan(account, this.#options.desk, { place, finished });
    if (plan === undefined) return false;
    const phase = this.#phase(place.scope, plan.phase, plan.draft.milestone ?? '');
    phase.plans.push(plan);
    if (volume.titles.has(plan.phase))
      for (const draft of [plan.draft, ...plan.parts]) draft.milestone = volume.titles.get(plan.phase) ?? '';
    this.#work.requirements.push(...plan.criteria);
    return true;
  }

  #phase(scope: string, number: string, title: string): Phase {
    const { phases, titles } = this.#volume(scope);
    const known = phases.get(number);
    if (known !== undefined) return known;
    const made: Phase = { scope, number, title: titles.get(number) ?? (title || `Phase ${number}`), plans: [] };
    phases.set(number, made);
    return made;
  }

  /** Everything, once all files are read. */
  reading(): WorkReading {
    for (const [scope, volume] of this.#volumes) this.#settleVolume(scope, volume);
    return this.#work;
  }

  #settleVolume(scope: string, volume: Volume): void {
    for (const box of volume.boxes) this.#settleBox(box, scope, volume);
    const phases = [...volume.phases.values()];
    for (const { own, plans } of phases) {
      for (const { draft, parts } of plans) {
        if (own !== undefined) draft.parent = own.key;
        this.#work.tasks.push(draft, ...parts);
      }
    }
    this.#work.edges.push(...phaseEdges(phases, volume.needs));
  }

  #settleBox(found: RoadmapBox, scope: string, volume: Volume): void {
    const { kind, number, account, box } = found;
    const [ofPhase = '', plan = ''] = number.split('-');
    const known = kind === 'plan' ? volume.phases.get(ofPhase)?.plans.find((each) => each.plan === plan) : undefined;
    if (known !== undefined) return account.mark(box, 'element', known.draft.key);
    const task = roadmapTask(found, scope);
    task.status = scope.includes('milestones') && task.status !== 'done' ? 'cancelled' : task.status;
    account.mark(box, 'element', task.key);
    if (kind === 'plan')
      return void this.#phase(scope, ofPhase, '').plans.push({
        draft: withMilestone(task, volume, ofPhase),
        parts: [],
        plan,
        wave: undefined,
        dependencies: [],
      });
    this.#work.tasks.push(task);
    if (kind === 'other') return;
    task.covers = volume.requirements.get(number) ?? [];
    const phase = this.#phase(scope, number, '');
    // A phase that is listed twice has two boxes; the first is the whole of its plans.
    phase.own ??= withMilestone(task, volume, number);
    for (const { draft, parts } of phase.plans)
      for (const each of [draft, ...parts]) each.status = partStatus(each.status, phase.own.status);
  }
}

function withMilestone(task: WorkReading['tasks'][number], { titles }: Volume, phase: string): WorkReading['tasks'][number] {
  task.milestone = titles.get(phase) ?? `Phase ${phase}`;
  return task;
}

/** Whether the roadmap has ticked a plan. */
function isTicked({ boxes }: Volume, { phase, plan }: { phase: string; plan: string }): boolean {
  return boxes.some(
    ({ kind, number, box }) =>
      kind === 'plan' && number === `${plainNumber(phase)}-${plainNumber(plan)}` && box.status === 'done',
  );
}
