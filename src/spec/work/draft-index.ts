import type { RequirementDraft, WorkDraft } from './work-draft.ts';

type Draft = WorkDraft | RequirementDraft;

/** Finds drafts by printed id. Ids repeat in real files, so the nearest counts: in the same file, then the same scope, then anywhere. */
export class DraftIndex<D extends Draft> {
  readonly #drafts: readonly D[];
  /** Positions in `#drafts`, ascending, by where and under what name. */
  readonly #positions = new Map<string, number[]>();
  readonly #byKey: ReadonlyMap<string, number>;

  constructor(drafts: readonly D[]) {
    this.#drafts = drafts;
    this.#byKey = new Map(drafts.map((draft, index) => [draft.key, index]));
    for (const [index, draft] of drafts.entries()) {
      for (const name of namesOf(draft)) for (const place of placesOf(draft, name)) this.#add(place, index);
    }
  }

  #add(place: string, index: number): void {
    const known = this.#positions.get(place);
    if (known === undefined) this.#positions.set(place, [index]);
    else if (known.at(-1) !== index) known.push(index);
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
    const [file, scope, bundle] = placesOf(from, normalId(printed));
    for (const place of [file, scope]) {
      const found = this.#nearestOf(this.#positions.get(place ?? '') ?? [], from);
      if (found !== undefined) return found;
    }
    const anywhere = this.#positions.get(bundle ?? '') ?? [];
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

function namesOf({ sourceId, aliases = [] }: Draft): Set<string> {
  return new Set([...(sourceId === undefined ? [] : [sourceId]), ...aliases].map(normalId));
}

function placesOf({ source, scope }: Draft, name: string): string[] {
  return [`f\0${source.file}\0${name}`, `s\0${scope}\0${name}`, `b\0${name}`];
}
