import { referenceOrder } from '../contracts/reference-order.ts';
import type { EdgeKind } from '../model.ts';

/** Strongest first: of two edges between the same tasks the first kind is kept, and against an explicit one no other holds. */
const STRENGTH: readonly EdgeKind[] = ['explicit', 'contract', 'wave', 'same-file', 'structural', 'inferred'];

export function isStronger(a: EdgeKind, b: EdgeKind): boolean {
  return STRENGTH.indexOf(a) < STRENGTH.indexOf(b);
}

/** Edges that the author wrote down one by one; the others follow from how the source is laid out. */
export function isBinding(kind: EdgeKind): boolean {
  return kind === 'explicit' || kind === 'contract';
}

export interface OrderEdge {
  /** Position of the task that waits, and of what it waits for. */
  from: number;
  to: number;
  kind: EdgeKind;
}

export interface TaskOrder {
  /** Positions of all tasks: needs first, else as they stand in the source. */
  order: number[];
  /** Circles of binding edges, as positions; each begins and ends with the same. */
  cycles: number[][];
  /** Edges that cannot hold: one of each circle, and those that contradict binding ones. */
  cut: Set<OrderEdge>;
}

/**
 * Puts tasks in order. Circles of binding edges are errors; where layout contradicts a binding edge, as few edges of the layout as
 * stand in the way give in. Time is n log n.
 */
export function orderTasks(count: number, edges: readonly OrderEdge[]): TaskOrder {
  const binding = edges.filter((edge) => isBinding(edge.kind));
  const { ids, cycles } = referenceOrder(referencesOf(count, binding));
  const rank = new Map(ids.map((id, index) => [Number(id), index]));
  const cut = new Set(binding.filter(({ from, to }) => (rank.get(to) ?? 0) >= (rank.get(from) ?? 0)));
  const remaining = edges.filter((edge) => !cut.has(edge));
  const order = new Sorter(count, remaining).sort(cut);
  return { order, cycles: cycles.map((cycle) => cycle.map(Number)), cut };
}

function referencesOf(count: number, edges: readonly OrderEdge[]): Map<string, string[]> {
  const references = new Map(Array.from({ length: count }, (_, index): [string, string[]] => [String(index), []]));
  for (const { from, to } of edges) references.get(String(from))?.push(String(to));
  return references;
}

/** Kahn's algorithm over a heap. When nothing is free, the first task without binding needs goes on and its other needs are cut. */
class Sorter {
  readonly #waiting: OrderEdge[][];
  readonly #needs: OrderEdge[][];
  readonly #left: Int32Array;
  readonly #bindingLeft: Int32Array;
  readonly #free = new PositionHeap();
  /** Tasks without binding needs, which can be freed by cutting. */
  readonly #movable = new PositionHeap();
  readonly #done: Uint8Array;

  constructor(count: number, edges: readonly OrderEdge[]) {
    this.#waiting = Array.from({ length: count }, () => []);
    this.#needs = Array.from({ length: count }, () => []);
    this.#left = new Int32Array(count);
    this.#bindingLeft = new Int32Array(count);
    this.#done = new Uint8Array(count);
    for (const edge of edges) {
      this.#waiting[edge.to]?.push(edge);
      this.#needs[edge.from]?.push(edge);
      this.#count(edge, 1);
    }
  }

  sort(cut: Set<OrderEdge>): number[] {
    const order: number[] = [];
    for (let at = 0; at < this.#done.length; at++) this.#offer(at);
    while (order.length < this.#done.length) {
      const next = this.#free.pop() ?? this.#movable.pop();
      if (next === undefined) break;
      if (this.#done[next] === 1) continue;
      for (const edge of this.#needs[next] ?? []) if (this.#done[edge.to] !== 1) cut.add(edge);
      this.#finish(next);
      order.push(next);
    }
    return order;
  }

  #finish(position: number): void {
    this.#done[position] = 1;
    for (const edge of this.#waiting[position] ?? []) {
      this.#count(edge, -1);
      if (this.#done[edge.from] !== 1) this.#offer(edge.from);
    }
  }

  #count({ from, kind }: OrderEdge, by: number): void {
    this.#left[from] = (this.#left[from] ?? 0) + by;
    if (isBinding(kind)) this.#bindingLeft[from] = (this.#bindingLeft[from] ?? 0) + by;
  }

  #offer(position: number): void {
    if (this.#left[position] === 0) this.#free.push(position);
    else if (this.#bindingLeft[position] === 0) this.#movable.push(position);
  }
}

/** A binary min-heap of positions. */
class PositionHeap {
  readonly #items: number[] = [];
  readonly #inside = new Set<number>();

  push(position: number): void {
    if (this.#inside.has(position)) return;
    this.#inside.add(position);
    const items = this.#items;
    let at = items.length;
    for (let up = (at - 1) >> 1; at > 0 && (items[up] ?? 0) > position; up = (at - 1) >> 1) {
      items[at] = items[up] ?? 0;
      at = up;
    }
    items[at] = position;
  }

  pop(): number | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#inside.delete(first);
    if (items.length > 0) this.#sink(last);
    return first;
  }

  #sink(position: number): void {
    const items = this.#items;
    let at = 0;
    for (let down = 1; down < items.length; down = 2 * at + 1) {
      if (down + 1 < items.length && (items[down + 1] ?? 0) < (items[down] ?? 0)) down += 1;
      if ((items[down] ?? 0) >= position) break;
      items[at] = items[down] ?? 0;
      at = down;
    }
    items[at] = position;
  }
}
