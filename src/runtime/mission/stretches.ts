import type { Entry } from '../log/entry.ts';

/** Entries about tasks of one mission that follow upon each other are told to its row at once; all others are alone, since they may change what those do to it. */
export function stretchesOf(entries: readonly Entry[]): Entry[][] {
  const stretches: Entry[][] = [];
  let open: Entry[] | undefined;
  for (const entry of entries) {
    const goesOn = isAboutTask(entry) && open?.[0]?.mission === entry.mission;
    if (goesOn) open?.push(entry);
    else stretches.push((open = [entry]));
    if (!isAboutTask(entry)) open = undefined;
  }
  return stretches;
}

const isAboutTask = ({ kind }: Entry): boolean => kind.startsWith('task.') || kind.startsWith('agent.');
