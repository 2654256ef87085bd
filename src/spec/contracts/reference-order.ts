/** Contracts in an order in which each follows those it refers to, and the circles that stood in the way. */
export interface ReferenceOrder {
  ids: string[];
  /** Each begins and ends with the same id. References to oneself are no circle. */
  cycles: string[][];
}

/** Circles beyond these are not listed: one that is broken often breaks others. */
const MAX_CYCLES = 20;

interface Visit {
  id: string;
  pending: Iterator<string>;
}

/** Depth-first, without recursion; stable: contracts that do not depend on each other keep their order. */
export function referenceOrder(refersTo: ReadonlyMap<string, readonly string[]>): ReferenceOrder {
  const state = new Map<string, 'open' | 'done'>();
  const order: ReferenceOrder = { ids: [], cycles: [] };
  for (const [root, references] of refersTo) {
    if (state.has(root)) continue;
    if (references.length === 0) {
      state.set(root, 'done');
      order.ids.push(root);
      continue;
    }
    const path: Visit[] = [visit(root, refersTo, state)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.pending.next();
      if (next.done === true) {
        path.pop();
        state.set(top.id, 'done');
        order.ids.push(top.id);
      } else if (state.get(next.value) === 'open') noteCycle(order, path, next.value);
      else if (!state.has(next.value) && refersTo.has(next.value)) path.push(visit(next.value, refersTo, state));
    }
  }
  return order;
}

function visit(id: string, refersTo: ReadonlyMap<string, readonly string[]>, state: Map<string, 'open' | 'done'>): Visit {
  state.set(id, 'open');
  return { id, pending: (refersTo.get(id) ?? []).values() };
}

function noteCycle(order: ReferenceOrder, path: readonly Visit[], back: string): void {
  if (path.at(-1)?.id === back || order.cycles.length >= MAX_CYCLES) return;
  const ids = path.map((each) => each.id);
  order.cycles.push([...ids.slice(ids.lastIndexOf(back)), back]);
}
