/** For each node, which of its needs follow from its other needs; `needs` are positions, in topological order. */
export function impliedNeeds(nodes: readonly (readonly number[])[]): ReadonlySet<number>[] {
  const reached: Set<number>[] = [];
  return nodes.map((needs, at) => {
    const before = needs.filter((need) => need < at);
    const beyond = new Set(before.flatMap((need) => [...(reached[need] ?? [])]));
    reached[at] = new Set([...before, ...beyond]);
    return new Set(before.filter((need) => beyond.has(need)));
  });
}
