import type { TaskRef } from './plan-event.ts';

/** A task in line. Compared member by member, in this order; the smallest is next. */
export interface Queued extends TaskRef {
  /** Priority of the mission, aged: see `Plan`. */
  level: number;
  /** Priority of the task in its mission. */
  priority: number;
  /** Position of the mission among all that were opened. */
  order: number;
  /** Tells this place in line from an earlier one of the same task. */
  ticket: number;
}

/** A binary min-heap of tasks in line. No two compare as equal, so that the order is the same on every machine. */
export class ReadyQueue {
  readonly #items: Queued[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The next one, left where it is. */
  peek(): Queued | undefined {
    return this.#items[0];
  }

  push(item: Queued): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || before(above, item)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Removes and returns the next one. */
  pop(): Queued | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return top;
  }

  #sink(item: Queued): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let least = items[child];
      if (least === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && before(right, least)) {
        child += 1;
        least = right;
      }
      if (before(item, least)) break;
      items[at] = least;
      at = child;
    }
    items[at] = item;
  }
}

function before(a: Queued, b: Queued): boolean {
  return (a.level - b.level || a.priority - b.priority || a.order - b.order || a.task - b.task || a.ticket - b.ticket) < 0;
}
