/** Names beyond this many are not searched: a suggestion is a courtesy and must not cost more than reading did. */
const MAX_NAMES = 5_000;
const MAX_LENGTH = 100;

/**
 * Finds the name somebody probably meant. Two names are near if they are equal but for case and punctuation, or become equal
 * when each loses at most one letter: that covers a letter too many, too few, wrong, or swapped with its neighbour.
 */
export class NearestName {
  readonly #names: () => Iterable<string>;
  #index: Map<string, string> | undefined;

  /** The names are asked for when the first suggestion is. */
  constructor(names: () => Iterable<string>) {
    this.#names = names;
  }

  nearest(name: string): string | undefined {
    this.#index ??= indexOf(this.#names());
    for (const key of keysOf(name)) {
      const found = this.#index.get(key);
      if (found !== undefined && found !== name) return found;
    }
    return undefined;
  }
}

function indexOf(names: Iterable<string>): Map<string, string> {
  const index = new Map<string, string>();
  let count = 0;
  for (const name of names) {
    if (count++ >= MAX_NAMES) break;
    for (const key of keysOf(name)) if (!index.has(key)) index.set(key, name);
  }
  return index;
}

/** The name without case and punctuation, then every way of leaving out one letter (of names long enough to bear it). */
function keysOf(name: string): string[] {
  const letters = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  if (letters === '') return [];
  if (letters.length < 4 || letters.length > MAX_LENGTH) return [letters];
  return [letters, ...Array.from(letters, (_, at) => letters.slice(0, at) + letters.slice(at + 1))];
}

/** The beginning of a hint: `Did you mean \`x\`? `, or nothing. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : `Did you mean \`${name}\`? `;
}
