import type { RequirementDraft, WorkDraft } from './work-draft.ts';

type Draft = WorkDraft | RequirementDraft;

/** Positions, ascending, by name; and those by where they stand. */
type ByName = Map<string, number[]>;

/** Finds drafts by printed id. Ids repeat in real files, so the nearest counts: in the same file, then the same scope, then anywhere. */
export class DraftIndex<D extends Draft> {
  readonly #drafts: readonly D[];
  readonly #byKey: ReadonlyMap<string, number>;
  readonly #files = new Map<string, ByName>();
  readonly #scopes = new Map<string, ByName>();
  readonly #all: ByName = new Map();

  constructor(drafts: readonly D[]) {
    this.#drafts = drafts;
    this.#byKey = new Map(drafts.map((draft, index) => [draft.key, index]));
    for (const [index, draft] of drafts.entries()) {
      const { sourceId, aliases } = draft;
      if (sourceId !== undefined) this.#add(normalId(sourceId), draft, index);
      for (const alias of aliases ?? []) this.#add(normalId(alias), draft, index);
    }
  }

  #add(name: string, { source, scope }: D, index: number): void {
    for (const places of [inner(this.#files, source.file), inner(this.#scopes, scope), this.#all]) {
      const known = places.get(name);
      if (known === undefined) places.set(name, [index]);
      else if (known.at(-1) !== index) known.push(index);
    }
  }

  byKey(key: string): D | undefined {
    const index = this.#byKey.get(key);
    return index === undefined ? undefined : this.#drafts[index];
  }

  /**
   * The draft that `printed` means to somebody in `from`: the last one before it, else the first after it. In the rest of the
   * bundle only a name that is there once means anything.
   */
  nearest(printed: string, from: Draft): D | undefined {
    const name = normalId(printed);
    for (const places of [this.#files.get(from.source.file), this.#scopes.get(from.scope)]) {
      const found = this.#nearestOf(places?.get(name) ?? [], from);
      if (found !== undefined) return found;
    }
    const anywhere = this.#all.get(name) ?? [];
    return anywhere.length === 1 ? this.#drafts[anywhere[0] ?? -1] : undefined;
  }

  /** By binary search: an id may be there ten thousand times. */
  #nearestOf(positions: readonly number[], from: Draft): D | undefined {
    const own = this.#byKey.get(from.key);
    if (own === undefined) return this.#drafts[positions[0] ?? -1];
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((positions[middle] ?? 0) < own) low = middle + 1;
      else high = middle;
    }
    const after = positions[low] === own ? positions[low + 1] : positions[low];
    return this.#drafts[positions[low - 1] ?? after ?? -1];
  }
}

/** Case and blanks around it mean nothing in an id. */
function normalId(printed: string): string {
  return printed.normalize('NFKC').trim().toLowerCase();
}

function inner(places: Map<string, ByName>, key: string): ByName {
  const known = places.get(key) ?? new Map<string, number[]>();
  places.set(key, known);
  return known;
}
