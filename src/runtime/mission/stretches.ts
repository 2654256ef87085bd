import type { Entry } from '../log/entry.ts';

/** Entries about tasks of one mission that follow upon each other are told to its row at once; all others are alone, since they may change what those do to it. */
export function stretchesOf(entries: readonly Entry[]): Entry[][] {
  const stretches: Entry[][] = [];
  for (const entry of entries) {
    const last = stretches.at(-1);
    const before = last?.at(-1);
    const goesOn = before !== undefined && isAboutTask(before) && isAboutTask(entry) && before.mission === entry.mission;
    if (goesOn) last?.push(entry);
    else stretches.push([entry]);
  }
  return stretches;
}

const isAboutTask = ({ kind }: Entry): boolean => kind.startsWith('task.') || kind.startsWith('agent.');
