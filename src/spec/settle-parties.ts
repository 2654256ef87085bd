import type { DiagnosticList } from './diagnostic-list.ts';
import { fileSlug } from './file-slug.ts';
import type { ContractElement, Element, Party } from './model.ts';
import { didYouMean, NearestName } from './nearest-name.ts';

/** Finds the components that contracts name as producers and consumers, and reports names that belong to nobody. */
export function settleParties(elements: readonly Element[], outside: readonly string[], diagnostics: DiagnosticList): Element[] {
  const parties = new PartyNames(elements, outside, diagnostics);
  return elements.map((element) => (element.kind === 'contract' ? parties.settle(element) : element));
}

class PartyNames {
  /** Ids of components by their slugs. */
  readonly #components: ReadonlyMap<string, string>;
  /** Slugs of integrations and of parties declared to be outside: naming one is no finding. */
  readonly #outside: ReadonlySet<string>;
  readonly #nearest: NearestName;
  readonly #diagnostics: DiagnosticList;
  readonly #slugs = new Map<string, string>();

  constructor(elements: readonly Element[], outside: readonly string[], diagnostics: DiagnosticList) {
    const named = elements.filter((element) => element.kind === 'component' || element.kind === 'integration');
    this.#components = new Map(
      named.flatMap(({ kind, id }) => (kind === 'component' ? [[id.slice('component:'.length), id] as const] : [])),
    );
    this.#outside = new Set([
      ...outside.map(fileSlug),
      ...named.flatMap(({ kind, id }) => (kind === 'integration' ? [id.slice('integration:'.length)] : [])),
    ]);
    this.#nearest = new NearestName(() => named.map((element) => element.name));
    this.#diagnostics = diagnostics;
  }

  settle(contract: ContractElement): ContractElement {
    if (contract.producers.length + contract.consumers.length === 0) {
      const message = `Nobody produces or consumes ${contract.name}.`;
      this.#diagnostics.report('SPEC_CONTRACT_UNUSED', contract.source, {
        message,
        hint: 'Add `- Producers:` and `- Consumers:` under it.',
      });
    }
    const producers = contract.producers.flatMap((party) => this.#split(party)).map((party) => this.#find(party, 'producer'));
    const consumers = contract.consumers.flatMap((party) => this.#split(party)).map((party) => this.#find(party, 'consumer'));
    return { ...contract, producers, consumers };
  }

  /** `Desk and Store` are two, unless somebody has that name; `Research and Development` stays one. */
  #split(party: Party): Party[] {
    if (!party.name.includes(' and ')) return [party];
    const parts = party.name.split(' and ');
    if (this.#isKnown(party.name) || !parts.some((part) => this.#isKnown(part))) return [party];
    return parts.map((name) => ({
      ...party,
      name,
      source: { ...party.source, column: party.source.column + party.name.indexOf(name) },
    }));
  }

  #isKnown(name: string): boolean {
    const slug = this.#slugOf(name);
    return this.#components.has(slug) || this.#outside.has(slug);
  }

  /** Parties are named many times over. */
  #slugOf(name: string): string {
    const known = this.#slugs.get(name);
    if (known !== undefined) return known;
    const made = fileSlug(name);
    this.#slugs.set(name, made);
    return made;
  }

  #find(party: Party, role: string): Party {
    const name = this.#slugOf(party.name);
    const element = this.#components.get(name);
    if (element !== undefined) return { name: party.name, source: party.source, element };
    if (this.#outside.has(name)) return party;
    const hint = `${didYouMean(this.#nearest.nearest(party.name))}Define it with \`- Component: ${party.name}\`, or list it under \`outsideParties\` in the front matter.`;
    this.#diagnostics.report('SPEC_PARTY_UNKNOWN', party.source, {
      message: `The ${role} ${party.name} is not a component of this bundle.`,
      hint,
    });
    return party;
  }
}
