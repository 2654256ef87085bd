/** A node to be placed. `needs` are positions of other nodes. */
export interface LayoutNode {
  group: number;
  needs: readonly number[];
}

export interface Place {
  x: number;
  y: number;
}

export interface GraphLayout {
  places: Place[];
  /** From left to right: where each group begins and ends. */
  groups: { group: number; x: number; width: number }[];
  width: number;
  height: number;
}

export interface NodeSize {
  width: number;
  height: number;
  /** Between columns, between rows, and between groups. */
  columnGap: number;
  rowGap: number;
  groupGap: number;
}

/** A column that grows taller is broken into several. */
const MOST_ROWS = 12;

interface Column {
  group: number;
  nodes: number[];
}

/**
 * Places nodes in columns: groups from left to right, and within a group a node to the right of those it needs there. In a column, nodes stand near
 * what they need. Given the same nodes, it gives the same places.
 */
export function layOutGraph(nodes: readonly LayoutNode[], size: NodeSize): GraphLayout {
  const columns = columnsOf(nodes);
  const tallest = columns.reduce((most, column) => Math.max(most, column.nodes.length), 0);
  const height = Math.max(0, tallest * (size.height + size.rowGap) - size.rowGap);
  const places: Place[] = nodes.map(() => ({ x: 0, y: 0 }));
  const groups: GraphLayout['groups'] = [];
  let x = 0;
  for (const { group, nodes: members } of columns) {
    const last = groups.at(-1);
    if (last?.group === group) last.width = x + size.width - last.x;
    else {
      if (last !== undefined) x += size.groupGap;
      groups.push({ group, x, width: size.width });
    }
    placeColumn(near(members, nodes, places), { x, height, size, places });
    x += size.width + size.columnGap;
  }
  return { places, groups, width: Math.max(0, x - size.columnGap), height };
}

function columnsOf(nodes: readonly LayoutNode[]): Column[] {
  const depths = depthsOf(nodes);
  const byGroup = Map.groupBy(nodes.keys(), (at) => nodes[at]?.group ?? 0);
  return [...byGroup].flatMap(([group, members]) => {
    const byDepth = Map.groupBy(members, (at) => depths[at] ?? 0);
    return [...byDepth]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, column]) => chunks(column).map((part) => ({ group, nodes: part })));
  });
}

/** How many nodes of its own group must come before each; needs that come later in the list do not count, so that circles do no harm. */
function depthsOf(nodes: readonly LayoutNode[]): number[] {
  const depths: number[] = [];
  for (const [at, { group, needs }] of nodes.entries()) {
    const before = needs.filter((need) => need < at && nodes[need]?.group === group);
    depths.push(before.reduce((depth, need) => Math.max(depth, (depths[need] ?? 0) + 1), 0));
  }
  return depths;
}

function chunks(column: readonly number[]): number[][] {
  const count = Math.ceil(column.length / MOST_ROWS);
  const length = Math.ceil(column.length / count);
  return Array.from({ length: count }, (_, at) => column.slice(at * length, (at + 1) * length));
}

/** In the order of the mean height of what each needs; of equal ones the first first. */
function near(members: readonly number[], nodes: readonly LayoutNode[], places: readonly Place[]): number[] {
  const heightOf = (at: number): number => {
    const needs = nodes[at]?.needs.filter((need) => need < at) ?? [];
    return needs.length === 0 ? 0 : needs.reduce((sum, need) => sum + (places[need]?.y ?? 0), 0) / needs.length;
  };
  const heights = new Map(members.map((at) => [at, heightOf(at)]));
  return members.toSorted((a, b) => (heights.get(a) ?? 0) - (heights.get(b) ?? 0) || a - b);
}

function placeColumn(
  members: readonly number[],
  { x, height, size, places }: { x: number; height: number; size: NodeSize; places: Place[] },
): void {
  const step = size.height + size.rowGap;
  const top = (height - (members.length * step - size.rowGap)) / 2;
  for (const [row, at] of members.entries()) places[at] = { x, y: top + row * step };
}
