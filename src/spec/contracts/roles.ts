import type { ContractElement } from '../model.ts';

/** Which contracts a component makes and takes. */
export interface Roles {
  produces: ContractElement[];
  consumes: ContractElement[];
}

/** What each component produces and consumes, by its id; contracts in source order, none twice. */
export function rolesOf(contracts: readonly ContractElement[]): Map<string, Roles> {
  const roles = new Map<string, Roles>();
  for (const contract of contracts) {
    addTo(roles, contract, 'produces');
    addTo(roles, contract, 'consumes');
  }
  return roles;
}

function addTo(roles: Map<string, Roles>, contract: ContractElement, role: keyof Roles): void {
  for (const { element } of role === 'produces' ? contract.producers : contract.consumers) {
    if (element === undefined) continue;
    const own = rolesIn(roles, element)[role];
    if (own.at(-1) !== contract) own.push(contract);
  }
}

function rolesIn(roles: Map<string, Roles>, id: string): Roles {
  const known = roles.get(id);
  if (known !== undefined) return known;
  const made: Roles = { produces: [], consumes: [] };
  roles.set(id, made);
  return made;
}
