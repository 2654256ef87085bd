import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type LayoutNode, layOutGraph, type NodeSize } from '../../../../src/runtime/report/html/graph-layout.ts';

const size: NodeSize = { width: 100, height: 40, columnGap: 30, rowGap: 10, groupGap: 20 };

/** Nodes in topological order, as graphs are; groups in any order. */
const graphs = fc
  .array(fc.tuple(fc.nat(5), fc.array(fc.nat(1000), { maxLength: 4 })), { maxLength: 60 })
  .map((nodes) =>
    nodes.map(([group, needs], at): LayoutNode => ({ group, needs: at === 0 ? [] : needs.map((need) => need % at) })),
  );

describe('layOutGraph', () => {
  it('never lays one node over another, nor beyond its own measure', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { places, width, height } = layOutGraph(nodes, size);
        expect(places).toHaveLength(nodes.length);
        for (const [at, a] of places.entries()) {
          expect(a.x >= 0 && a.y >= 0 && a.x + size.width <= width + 0.01 && a.y + size.height <= height + 0.01).toBe(true);
          for (const b of places.slice(0, at)) {
            expect(Math.abs(a.x - b.x) >= size.width || Math.abs(a.y - b.y) >= size.height).toBe(true);
          }
        }
      }),
    );
  });

  it('lays a node to the right of those that it needs in its group, and groups side by side', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { places, groups } = layOutGraph(nodes, size);
        for (const [at, { group, needs }] of nodes.entries()) {
          for (const need of needs) {
            if (nodes[need]?.group === group) expect(places[need]?.x ?? 0).toBeLessThan(places[at]?.x ?? 0);
          }
        }
        for (const [at, group] of groups.entries()) {
          const before = groups[at - 1];
          if (before !== undefined) expect(before.x + before.width).toBeLessThan(group.x);
        }
      }),
    );
  });

  it('lays the same nodes at the same places', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        expect(layOutGraph(nodes, size)).toEqual(layOutGraph(structuredClone(nodes), size));
      }),
    );
  });
});
