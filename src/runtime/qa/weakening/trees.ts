/** A project before and after a change: text by path, of all that is code, test or setting. */
export interface Trees {
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
}

/** Paths whose text is not what it was, gone ones too, in order. */
export function changedPaths({ before, after }: Trees): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort();
}

export interface AddedLine {
  text: string;
  /** From 1. */
  line: number;
}

/** Lines that were not there before, wherever they stand. */
export function addedLines(before: string | undefined, after: string): AddedLine[] {
  const known = new Map<string, number>();
  for (const line of (before ?? '').split('\n')) known.set(line.trim(), (known.get(line.trim()) ?? 0) + 1);
  return after.split('\n').flatMap((text, index) => {
    const left = known.get(text.trim()) ?? 0;
    if (left > 0) known.set(text.trim(), left - 1);
    return left > 0 ? [] : [{ text, line: index + 1 }];
  });
}
