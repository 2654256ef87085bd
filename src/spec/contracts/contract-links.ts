import type { ContractElement, Need } from '../model.ts';
import { referenceOrder } from './reference-order.ts';

/**
 * Pairs of an importer and a contract it reaches through others, over a whole bundle. Their number can grow with the square of
 * the bundle; beyond this it is an error (`SPEC_REFERENCES_TANGLED`), and further ones are left out.
 */
export const MAX_REACHED = 500_000;

const NONE: readonly ContractElement[] = [];

/** How contracts refer to each other, with the circles cut: those are errors, and the graph must stay one all the same. */
export class ContractLinks {
  /** Each contract after those it refers to; else in source order. */
  readonly ordered: readonly ContractElement[];
  readonly #byId: ReadonlyMap<string, ContractElement>;
  /** Of contracts that refer to others. */
  readonly #direct = new Map<string, readonly ContractElement[]>();
  #reached = 0;

  constructor(contracts: readonly ContractElement[]) {
    this.#byId = new Map(contracts.map((contract) => [contract.id, contract]));
    if (contracts.every(({ refersTo }) => refersTo.length === 0)) this.ordered = contracts;
    else this.ordered = this.#order(contracts);
  }

  #order(contracts: readonly ContractElement[]): readonly ContractElement[] {
    const { ids } = referenceOrder(new Map(contracts.map((contract) => [contract.id, contract.refersTo])));
    const position = new Map(ids.map((id, index) => [id, index]));
    for (const { id, refersTo } of contracts) {
      if (refersTo.length === 0) continue;
      const own = position.get(id) ?? 0;
      const earlier = refersTo.filter((other) => (position.get(other) ?? own) < own);
      this.#direct.set(
        id,
        earlier.flatMap((other) => this.#byId.get(other) ?? []),
      );
    }
    return ids.flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** The contracts that one refers to itself. */
  direct({ id, refersTo }: ContractElement): readonly ContractElement[] {
    return refersTo.length === 0 ? NONE : (this.#direct.get(id) ?? NONE);
  }

  /** All that the given contracts refer to, directly or through others, without themselves. */
  reached(contracts: readonly ContractElement[]): readonly ContractElement[] {
    if (contracts.every(({ refersTo }) => refersTo.length === 0)) return NONE;
    const given = new Set(contracts);
    const found = new Set(contracts);
    for (const contract of found) {
      if (this.isTangled) return NONE;
      for (const other of this.direct(contract)) found.add(other);
      if (!given.has(contract)) this.#reached += 1;
    }
    return [...found].filter((contract) => !given.has(contract));
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
