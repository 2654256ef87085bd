import type { DiagnosticList } from '../diagnostic-list.ts';
import type { WorkNeed } from '../model.ts';
import type { DraftIndex } from './draft-index.ts';
import { isSettled } from './marks.ts';
import { SharedPaths } from './shared-paths.ts';
import { isBinding, isStronger, orderTasks } from './task-order.ts';
import type { EdgeDraft, WorkDraft, WorkReading } from './work-draft.ts';

interface Context {
  index: DraftIndex<WorkDraft>;
  ids: ReadonlyMap<string, string>;
  diagnostics: DiagnosticList;
}

/** An edge whose ends are found, as positions among the tasks. */
interface Edge {
  from: number;
  to: number;
  kind: EdgeDraft['kind'];
  because: string;
  at: EdgeDraft['at'];
}

/**
 * What each task waits for, by its key: edges as drafted, parents after their parts, and tasks that write the same path one after
 * the other. Between two tasks there is one edge, the strongest. Edges that cannot hold are reported and left out.
 */
export function settleEdges({ tasks, edges }: WorkReading, context: Context): Map<string, WorkNeed[]> {
  const drafted = new EdgeSet(tasks, context);
  for (const edge of edges) drafted.add(edge);
  for (const edge of [...inheritedEdges(tasks, drafted.edges()), ...closingEdges(tasks)]) drafted.add(edge);
  const all = drafted.edges();
  const active = all.filter(({ from, to }) => isOpen(tasks[from]) && isOpen(tasks[to]));
  const { order, cycles, cut } = orderTasks(tasks.length, active);
  reportCycles(cycles, { tasks, edges: active }, context);
  reportCut([...cut] as Edge[], tasks, context);
  const kept = all.filter((edge) => !cut.has(edge));
  return needsOf([...kept, ...sameFileEdges(tasks, order, kept)], tasks, context);
}

function isOpen(task: WorkDraft | undefined): boolean {
  return task !== undefined && !isSettled(task.status);
}

class EdgeSet {
  readonly #tasks: readonly WorkDraft[];
  readonly #context: Context;
  readonly #positions: ReadonlyMap<string, number>;
  /** By what waits, then by what it waits for. */
  readonly #byEnds = new Map<number, Map<number, Edge>>();

  constructor(tasks: readonly WorkDraft[], context: Context) {
    this.#tasks = tasks;
    this.#context = context;
    this.#positions = new Map(tasks.map((task, index) => [task.key, index]));
  }

  add(draft: EdgeDraft): void {
    const from = this.#positions.get(draft.from);
    const to = from === undefined ? undefined : this.#target(draft, from);
    if (from === undefined || to === undefined) return;
    const own = this.#byEnds.get(from) ?? new Map<number, Edge>();
    this.#byEnds.set(from, own);
    const known = own.get(to);
    const { kind, because, at } = draft;
    if (known === undefined || isStronger(kind, known.kind)) own.set(to, { from, to, kind, because, at });
  }

  #target({ to }: EdgeDraft, position: number): number | undefined {
    if ('key' in to) return this.#positions.get(to.key);
    const from = this.#tasks[position];
    const found = from === undefined ? undefined : this.#context.index.nearest(to.printed, from);
    if (found === undefined && from !== undefined && isOpen(from)) {
      const message = `\`${nameOf(from)}\` depends on \`${to.printed}\`, which is no task of this bundle.`;
      const hint = 'Correct the id, or remove it.';
      this.#context.diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', to.at ?? from.source, { message, hint });
    }
    return found === undefined ? undefined : this.#positions.get(found.key);
  }

  edges(): Edge[] {
    return [...this.#byEnds.values()].flatMap((own) => [...own.values()]);
  }
}

/** Above this many needs for so many parts, only the first part waits for all, and the others for it. */
const MAX_INHERITED = 4096;

/** What a task depends on, its parts depend on. */
function inheritedEdges(tasks: readonly WorkDraft[], edges: readonly Edge[]): EdgeDraft[] {
  const parts = partsOf(tasks);
  const byParent = Map.groupBy(
    edges.filter(({ kind, from }) => isBinding(kind) && parts.has(tasks[from]?.key ?? '')),
    ({ from }) => tasks[from]?.key ?? '',
  );
  return [...byParent].flatMap(([parent, needs]) => {
    const own = (parts.get(parent) ?? []).map((part) => part.key);
    const [first = '', ...others] = own;
    const isMany = needs.length * own.length > MAX_INHERITED;
    const inherited = needs.flatMap(({ to, because, at }) => {
      const need = tasks[to]?.key ?? '';
      return (isMany ? [first] : own).filter((from) => from !== need).map((from) => handedDown(from, need, { because, at }));
    });
    if (!isMany) return inherited;
    const because = 'the whole waits, and the first part for all of it';
    return [...inherited, ...others.map((from): EdgeDraft => ({ from, to: { key: first }, kind: 'structural', because }))];
  });
}

/** Explicit is only what the source says of the task itself. */
function handedDown(from: string, need: string, { because, at }: Pick<Edge, 'because' | 'at'>): EdgeDraft {
  const edge: EdgeDraft = { from, to: { key: need }, kind: 'structural', because: `the whole waits: ${because}` };
  return at === undefined ? edge : { ...edge, at };
}

function partsOf(tasks: readonly WorkDraft[]): Map<string, WorkDraft[]> {
  const parts = new Map<string, WorkDraft[]>();
  for (const task of tasks) {
    if (task.parent === undefined) continue;
    const known = parts.get(task.parent);
    if (known === undefined) parts.set(task.parent, [task]);
    else known.push(task);
  }
  return parts;
}

function closingEdges(tasks: readonly WorkDraft[]): EdgeDraft[] {
  return tasks.flatMap((task): EdgeDraft[] =>
    task.parent === undefined
      ? []
      : [{ from: task.parent, to: { key: task.key }, kind: 'structural', because: `closes after its part ${nameOf(task)}` }],
  );
}

function sameFileEdges(tasks: readonly WorkDraft[], order: readonly number[], edges: readonly Edge[]): Edge[] {
  const shared = new SharedPaths();
  const known = Map.groupBy(edges, ({ from }) => from);
  return order.flatMap((from) => {
    const task = tasks[from];
    if (task === undefined || !isOpen(task)) return [];
    return [...shared.add(from, task.writes)].flatMap(([to, path]): Edge[] =>
      known.get(from)?.some((edge) => edge.to === to) === true
        ? []
        : [{ from, to, kind: 'same-file', because: `both write ${path}`, at: undefined }],
    );
  });
}

function needsOf(edges: readonly Edge[], tasks: readonly WorkDraft[], { ids }: Context): Map<string, WorkNeed[]> {
  const needs = new Map<string, WorkNeed[]>();
  for (const { from, to, kind, because, at } of edges) {
    const key = tasks[from]?.key ?? '';
    const need: WorkNeed = { task: ids.get(tasks[to]?.key ?? '') ?? '', kind, because };
    if (at !== undefined) need.at = { file: at.file, line: at.line };
    const known = needs.get(key);
    if (known === undefined) needs.set(key, [need]);
    else known.push(need);
  }
  return needs;
}

/** Names shown of a long circle. */
const MAX_SHOWN = 12;

function reportCycles(
  cycles: number[][],
  { tasks, edges }: { tasks: readonly WorkDraft[]; edges: readonly Edge[] },
  { diagnostics }: Context,
): void {
  const loops = edges.filter(({ from, to, kind }) => from === to && isBinding(kind)).map(({ from }) => [from, from]);
  for (const cycle of [...cycles, ...loops]) {
    const [first, second] = cycle;
    const edge = edges.find(({ from, to }) => from === first && to === second);
    const names = cycle.map((position) => nameOf(tasks[position]));
    const path = names.length > MAX_SHOWN ? [...names.slice(0, MAX_SHOWN - 1), '…', names.at(-1)] : names;
    const at = edge?.at ?? tasks[first ?? 0]?.source;
    if (at === undefined) continue;
    const message = `Tasks need each other in a circle: ${path.join(' → ')}.`;
    diagnostics.report('SPEC_CYCLE', at, { message, hint: 'Remove one of these dependencies.' });
  }
}

/** One report for each task that layout cannot put where it stands. */
function reportCut(cut: readonly Edge[], tasks: readonly WorkDraft[], { diagnostics }: Context): void {
  const seen = new Set<number>();
  for (const { from, to, kind, because } of cut) {
    const [task, other] = [tasks[from], tasks[to]];
    if (isBinding(kind) || seen.has(to) || task === undefined || other === undefined) continue;
    seen.add(to);
    const message = `By its place \`${nameOf(other)}\` comes before \`${nameOf(task)}\` (${because}), but what it depends on comes after it; its place gives in.`;
    const hint = 'Move the task behind what it depends on.';
    diagnostics.report('SPEC_ORDER_CONTRADICTED', other.source, { message, hint });
  }
}

function nameOf(task: WorkDraft | undefined): string {
  return task?.sourceId ?? task?.name ?? '?';
}
