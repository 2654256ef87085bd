import type { Need, Task } from '../../../src/spec/model.ts';
import { aTask } from './a-task.ts';

/** Forty tasks in layers of eight; each needs three of the layer before. */
export const GRAPH: Task[] = Array.from({ length: 40 }, (_, index) => {
  const layer = Math.floor(index / 8);
  const needs = layer === 0 ? [] : [0, 3, 5].map((step): Need => need((layer - 1) * 8 + ((index + step) % 8)));
  return aTask(`t${index}`, { needs });
});

function need(index: number): Need {
  return { task: `t${index}`, kind: 'structural', because: 'it is in the layer before' };
}
