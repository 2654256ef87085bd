import type { ContractElement, Need } from '../model.ts';
import { referenceOrder } from './reference-order.ts';

/**
 * Pairs of an importer and a contract it reaches through others, over a whole bundle. Their number can grow with the square of
 * the bundle; beyond this it is an error (`SPEC_REFERENCES_TANGLED`), and further ones are left out.
 */
export const MAX_REACHED = 500_000;

/** How contracts refer to each other, with the circles cut: those are errors, and the graph must stay one all the same. */
export class ContractLinks {
  /** Each contract after those it refers to; else in source order. */
  readonly ordered: readonly ContractElement[];
  readonly #byId: ReadonlyMap<string, ContractElement>;
  readonly #position: ReadonlyMap<string, number>;
  readonly #direct = new Map<string, readonly ContractElement[]>();
  #reached = 0;

  constructor(contracts: readonly ContractElement[]) {
    this.#byId = new Map(contracts.map((contract) => [contract.id, contract]));
    const { ids } = referenceOrder(new Map(contracts.map((contract) => [contract.id, contract.refersTo])));
    this.#position = new Map(ids.map((id, index) => [id, index]));
    this.ordered = ids.flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** The contracts that one refers to itself. */
  direct(id: string): readonly ContractElement[] {
    const known = this.#direct.get(id);
    if (known !== undefined) return known;
    const own = this.#position.get(id) ?? 0;
    const earlier = (this.#byId.get(id)?.refersTo ?? []).filter((other) => (this.#position.get(other) ?? own) < own);
    const direct = earlier.flatMap((other) => this.#byId.get(other) ?? []);
    this.#direct.set(id, direct);
    return direct;
  }

  /** All that the given contracts refer to, directly or through others, without themselves. */
  reached(ids: readonly string[]): ContractElement[] {
    const given = new Set(ids);
    const found = new Set(ids);
    for (const id of found) {
      if (this.isTangled) return [];
      for (const contract of this.direct(id)) found.add(contract.id);
      if (!given.has(id)) this.#reached += 1;
    }
    return [...found].flatMap((id) => (given.has(id) ? [] : (this.#byId.get(id) ?? [])));
  }

  /** Too much has been reached to go on. */
  get isTangled(): boolean {
    return this.#reached > MAX_REACHED;
  }
}

/** Needs of contracts for the files they import. */
export function importNeeds(importer: string, contracts: readonly ContractElement[]): Need[] {
  return contracts.map((contract) => ({
    task: contract.id,
    kind: 'contract',
    because: `${importer} refers to ${contract.name}`,
  }));
}
