/** A binary min-heap of numbers: the ready set, smallest rank first. Ties cannot be: a rank holds the task's position. */
export class ReadyHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(rank: number): void {
    const items = this.#items;
    let at = items.push(rank) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above <= rank) break;
      items[at] = above;
      at = parent;
    }
    items[at] = rank;
  }

  /** Removes and returns the smallest; the heap must not be empty. */
  pop(): number {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) throw new RangeError('empty heap');
    if (items.length > 0) this.#sink(last);
    return top;
  }

  #sink(rank: number): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let least = items[child];
      if (least === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && right < least) {
        child += 1;
        least = right;
      }
      if (least >= rank) break;
      items[at] = least;
      at = child;
    }
    items[at] = rank;
  }
}
