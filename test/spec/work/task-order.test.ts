import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { EdgeKind } from '../../../src/spec/model.ts';
import { type OrderEdge, orderTasks } from '../../../src/spec/work/task-order.ts';

const edge = (from: number, to: number, kind: EdgeKind = 'structural'): OrderEdge => ({ from, to, kind });

describe('the order of tasks', () => {
  it('is that of the source where nothing says otherwise', () => {
    expect(orderTasks(4, []).order).toEqual([0, 1, 2, 3]);
  });

  it('puts needs first, and keeps the rest where it is', () => {
    expect(orderTasks(4, [edge(0, 2)]).order).toEqual([1, 2, 0, 3]);
  });

  it('cuts layout that contradicts what is written, and no more than that', () => {
    const [back, ...chain] = [edge(0, 3, 'explicit'), edge(1, 0), edge(2, 1), edge(3, 2)];
    const { order, cut, cycles } = orderTasks(4, [back, ...chain]);
    expect([order, [...cut], cycles]).toEqual([[1, 2, 3, 0], [chain[0]], []]);
  });

  it('reports circles of what is written, with their path', () => {
    const { order, cycles, cut } = orderTasks(3, [edge(0, 1, 'explicit'), edge(1, 2, 'explicit'), edge(2, 0, 'explicit')]);
    expect([cycles, cut.size, order.length]).toEqual([[[0, 1, 2, 0]], 1, 3]);
  });

  it('is whole and sound for any edges whatever', () => {
    const kinds = fc.constantFrom<EdgeKind>('explicit', 'structural', 'wave', 'same-file');
    const edges = fc.array(fc.record({ from: fc.nat(19), to: fc.nat(19), kind: kinds }), { maxLength: 60 });
    fc.assert(
      fc.property(edges, (given) => {
        const { order, cut } = orderTasks(20, given);
        const rank = new Map(order.map((position, index) => [position, index]));
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
        const late = given.filter((each) => !cut.has(each) && (rank.get(each.to) ?? 0) >= (rank.get(each.from) ?? 0));
        expect(late).toEqual([]);
      }),
    );
  });
});
