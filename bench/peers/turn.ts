/** What runs in one round: all, in an order that is another each time. What one leaves behind, a cold cache or a disk that still writes, falls on any of the others. */
export function turn<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
