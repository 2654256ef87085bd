import type { FrontText } from '../../documents/front-fields.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import type { EdgeDraft, WorkDraft } from '../../work/work-draft.ts';
import { compareNumbers, plainNumber } from './layout.ts';
import type { Plan } from './read-plan.ts';
import type { PhaseNeed } from './read-roadmap.ts';

/** A phase: its plans, and its own task if the roadmap has a box for it. */
export interface Phase {
  scope: string;
  number: string;
  title: string;
  own?: WorkDraft;
  /** Plans that are not written yet stand in the roadmap only. */
  plans: Pick<Plan, 'draft' | 'parts' | 'plan' | 'wave' | 'dependencies'>[];
}

/** All edges of the phases of one scope. */
export function phaseEdges(phases: readonly Phase[], needs: readonly PhaseNeed[]): EdgeDraft[] {
  const sorted = phases.toSorted((a, b) => compareNumbers(a.number, b.number));
  const order = sorted.map((phase): Group => ({ title: phase.title, steps: stepsOf(phase) }));
  return [
    ...sorted.flatMap((phase) =>
      phase.plans.flatMap((plan) => plan.dependencies.flatMap((need) => explicitEdges(plan.draft, need, { phase, phases }))),
    ),
    ...needs.flatMap((need) => phaseNeedEdges(need, phases)),
    ...sorted.flatMap(waveEdgesOf),
    ...sequenceEdges(order),
  ];
}

function stepsOf({ own, plans }: Phase): Step[] {
  const steps = plans.map((plan): Step => ({ ...stepOf(plan), parallel: true }));
  return own === undefined ? steps : [{ task: own, parts: steps }];
}

/** The tasks of a plan one after the other, each after its own steps. */
function stepOf({ draft, parts }: Phase['plans'][number]): Step {
  const byParent = Map.groupBy(parts, ({ parent }) => parent);
  const own = byParent.get(draft.key) ?? [];
  return {
    task: draft,
    parts: own.map((task) => ({ task, parts: (byParent.get(task.key) ?? []).map((step) => ({ task: step })) })),
  };
}

/** Waves of a phase are barriers; the order inside of a plan is no matter of waves. */
function waveEdgesOf({ title, plans }: Phase): EdgeDraft[] {
  const waves = [...new Set(plans.flatMap(({ wave }) => wave ?? []))].toSorted((a, b) => a - b);
  if (waves.length < 2) return [];
  const planOf = new Map(plans.flatMap(({ draft, parts }) => [draft, ...parts].map(({ key }) => [key, draft.key] as const)));
  const groups = waves.map((wave) => ({
    title: `wave ${wave} of ${title}`,
    steps: plans.filter((plan) => plan.wave === wave).map((plan) => ({ ...stepOf(plan), parallel: true })),
  }));
  return sequenceEdges(groups, 'wave').filter(({ from, to }) => 'key' in to && planOf.get(from) !== planOf.get(to.key));
}

interface Around {
  phase: Phase;
  phases: readonly Phase[];
}

/** `02-03`, `03` (of the same phase), `01-foundation` and `Phase 1` (all of it). What is none of them stays as printed. */
function explicitEdges(from: WorkDraft, { text, at }: FrontText, around: Around): EdgeDraft[] {
  const targets = targetsOf(text, from, around);
  const edge = { from: from.key, kind: 'explicit', because: `depends on ${text}`, at } as const;
  return targets.length === 0 ? [{ ...edge, to: { printed: text, at } }] : targets.map(({ key }) => ({ ...edge, to: { key } }));
}

function targetsOf(printed: string, from: WorkDraft, { phase, phases }: Around): WorkDraft[] {
  const name = printed
    .slice(printed.lastIndexOf('/') + 1)
    .trim()
    .replace(/(?:-PLAN)?(?:\.md)?$/i, '')
    .replace(/-PLAN(?=-\d)/i, '')
    .replace(/^plan[\s-]+/i, '');
  const [, of = '', plan = ''] = /^(\d{1,6}(?:\.\d{1,4})*[a-z]?)-(?:[a-z].*-)?p?(\d{1,6}[a-z]?)$/i.exec(name) ?? [];
  if (of !== '')
    return planIn(
      phases.filter(({ number }) => number === plainNumber(of)),
      plan,
      from,
    );
  const own = /^\d{1,6}[a-z]?$/i.test(name) ? planIn([phase], name, from) : [];
  if (own.length > 0) return own;
  const whole = /^(?:phase[\s-]*)?(\d{1,6}(?:\.\d{1,4})*[a-z]?)(?:-\D.*)?$/i.exec(name)?.[1];
  const other = phases.find(({ number }) => number === plainNumber(whole ?? ''));
  if (whole === undefined || other === undefined) return [];
  return other === phase ? plansBefore(from, phase) : membersOf(other);
}

/** What a plan that depends on its own phase means: one that closes what the others left open. */
function plansBefore(from: WorkDraft, { plans }: Phase): WorkDraft[] {
  const own = plans.find(({ draft }) => draft === from)?.plan ?? '';
  return plans.filter(({ plan }) => compareNumbers(plan, own) < 0).map(({ draft }) => draft);
}

function planIn(phases: readonly Phase[], printed: string, from: WorkDraft): WorkDraft[] {
  const found = phases.flatMap(({ plans }) => plans).find(({ plan, draft }) => plan === plainNumber(printed) && draft !== from);
  return found === undefined ? [] : [found.draft];
}

function membersOf({ own, plans }: Phase): WorkDraft[] {
  return own === undefined ? plans.map(({ draft }) => draft) : [own];
}

function phaseNeedEdges({ phase, needs, at }: PhaseNeed, phases: readonly Phase[]): EdgeDraft[] {
  const from = phases.filter(({ number }) => number === phase).flatMap(membersOf);
  return needs.flatMap((number) => {
    const to = phases.filter((each) => each.number === number && number !== phase).flatMap(membersOf);
    const because = `phase ${phase} depends on phase ${number}`;
    // There is no such phase: the core says so.
    if (!phases.some((each) => each.number === number))
      return from
        .slice(0, 1)
        .map((task): EdgeDraft => ({ from: task.key, to: { printed: `Phase ${number}`, at }, kind: 'explicit', because, at }));
    return from.flatMap((task) =>
      to.map((need): EdgeDraft => ({ from: task.key, to: { key: need.key }, kind: 'explicit', because, at })),
    );
  });
}
