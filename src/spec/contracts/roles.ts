import type { ContractElement, Party } from '../model.ts';

/** Which contracts a component makes and takes. */
export interface Roles {
  produces: ContractElement[];
  consumes: ContractElement[];
}

/** What each component produces and consumes, by its id; contracts in source order, none twice. */
export function rolesOf(contracts: readonly ContractElement[]): Map<string, Roles> {
  const roles = new Map<string, Roles>();
  for (const contract of contracts) {
    for (const id of componentsIn(contract.producers)) rolesIn(roles, id).produces.push(contract);
    for (const id of componentsIn(contract.consumers)) rolesIn(roles, id).consumes.push(contract);
  }
  return roles;
}

function componentsIn(parties: readonly Party[]): Set<string> {
  return new Set(parties.flatMap((party) => party.element ?? []));
}

function rolesIn(roles: Map<string, Roles>, id: string): Roles {
  const known = roles.get(id) ?? { produces: [], consumes: [] };
  roles.set(id, known);
  return known;
}
