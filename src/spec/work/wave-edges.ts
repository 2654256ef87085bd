import { type Group, sequenceEdges, type Step } from './sequence.ts';
import type { EdgeDraft, WorkDraft } from './work-draft.ts';

export interface Wave {
  title: string;
  tasks: readonly WorkDraft[];
  /** How they stand to each other; side by side if nothing is said. */
  steps?: readonly Step[];
}

/**
 * Edges of waves. Waves list tasks that do something; checkpoints, and whatever else they leave out, are put back: each after the
 * wave of the last task that stands before it in the source, and before the next wave. `inOrder` are all tasks without parts, as
 * they stand in the source.
 */
export function waveEdges(waves: readonly Wave[], inOrder: readonly WorkDraft[]): EdgeDraft[] {
  const waveOf = new Map(waves.flatMap(({ tasks }, index) => tasks.map((task) => [task.key, index] as const)));
  const putBack = new Map<number, WorkDraft[]>();
  let latest = -1;
  for (const task of inOrder) {
    const wave = waveOf.get(task.key);
    if (wave !== undefined) latest = Math.max(latest, wave);
    else {
      const there = putBack.get(latest) ?? [];
      there.push(task);
      putBack.set(latest, there);
    }
  }
  const groups = [-1, ...waves.keys()].flatMap((index): Group[] => {
    const wave = waves[index];
    const steps = wave?.steps ?? wave?.tasks.map((task): Step => ({ task, parallel: true })) ?? [];
    const own = wave === undefined ? [] : [{ title: wave.title, steps }];
    return [...own, ...(putBack.get(index) ?? []).map((task) => ({ title: task.name, steps: [{ task }] }))];
  });
  return sequenceEdges(groups, 'wave');
}
