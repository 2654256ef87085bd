import type { Desk } from '../../dialect.ts';
import type { Archive } from '../../work/archived.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';

/** What the readers of one specification share. */
export interface FolderContext {
  desk: Desk;
  scope: string;
  names: SpecNames;
  /** Tasks are cancelled in, if the folder lies there. */
  archive: Archive;
}

/** The names by which the tasks of a folder may mean its requirements. A name in another folder is another requirement. */
export class SpecNames {
  readonly #names = new Set<string>();
  /** Ids that a property says it validates, by its number. */
  readonly #validated = new Map<string, string[]>();

  constructor(requirements: readonly RequirementDraft[], validated: ReadonlyMap<string, string[]>) {
    for (const { sourceId, aliases = [] } of requirements)
      for (const name of [sourceId ?? '', ...aliases]) this.#names.add(name.toLowerCase());
    for (const [property, ids] of validated) this.#validated.set(property, ids);
  }

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  /** The names between two, as the requirements stand: `1.1–6.3` may go across several. */
  between(first: string, last: string): string[] {
    const names = [...this.#names];
    const [from, to] = [names.indexOf(first.toLowerCase()), names.indexOf(last.toLowerCase())];
    return from === -1 || to < from ? [] : names.slice(from, to).filter((name) => /^\d+\.\d+$/.test(name));
  }

  has(name: string): boolean {
    return this.#names.has(name.toLowerCase());
  }

  /** A property and what it validates. */
  ofProperty(number: string): string[] {
    const name = `Property ${number}`;
    return this.has(name) ? [name, ...(this.#validated.get(number) ?? []).filter((id) => this.has(id))] : [];
  }
}
