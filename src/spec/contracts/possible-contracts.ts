import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ContractElement } from '../model.ts';
import { referenceOrder } from './reference-order.ts';
import { schemaFile } from './resolve-contracts.ts';

/** Ids of the contracts that no finite value can satisfy, because each of their values would have to hold another of them. */
export function impossibleContracts(all: readonly ContractElement[]): Set<string> {
  const contracts = all.filter((contract) => contract.refersTo.length > 0);
  const byFile = new Map(contracts.map((contract) => [schemaFile(contract.id), contract.id]));
  const possible = new Set<string>();
  const usedBy = usersOf(contracts);
  const byId = new Map(contracts.map((contract) => [contract.id, contract]));
  // Those that others refer to come first, so that only circles are looked at twice.
  const queue = referenceOrder(new Map(contracts.map((contract) => [contract.id, contract.refersTo]))).ids;
  const queued = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    const contract = byId.get(queue[at] ?? '');
    if (contract === undefined || possible.has(contract.id)) continue;
    queued.delete(contract.id);
    const isPossible = isSatisfiable(contract.schema, (file) => !byFile.has(file) || possible.has(byFile.get(file) ?? ''));
    if (!isPossible) continue;
    possible.add(contract.id);
    for (const user of usedBy.get(contract.id) ?? []) {
      if (!possible.has(user) && !queued.has(user)) {
        queued.add(user);
        queue.push(user);
      }
    }
  }
  return new Set(contracts.map((contract) => contract.id).filter((id) => !possible.has(id)));
}

function usersOf(contracts: readonly ContractElement[]): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { id, refersTo } of contracts) {
    for (const used of refersTo) {
      const known = users.get(used);
      if (known === undefined) users.set(used, [id]);
      else known.push(id);
    }
  }
  return users;
}

type IsPossible = (schemaFile: string) => boolean;

/** Whether some finite value satisfies a schema, as far as references decide it. */
function isSatisfiable(schema: JsonValue | undefined, isPossible: IsPossible): boolean {
  if (!isJsonObject(schema)) return schema !== false;
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === 'string' && !$ref.startsWith('#') && !isPossible($ref)) return false;
  if (Array.isArray(allOf) && !allOf.every((each) => isSatisfiable(each, isPossible))) return false;
  for (const options of [anyOf, oneOf]) {
    if (Array.isArray(options) && !options.some((each) => isSatisfiable(each, isPossible))) return false;
  }
  const types: readonly JsonValue[] = [schema['type'] ?? ANY].flat();
  return types.some((type) => isTypeSatisfiable(type, schema, isPossible));
}

const ANY = 'any';

function isTypeSatisfiable(type: JsonValue, schema: JsonObject, isPossible: IsPossible): boolean {
  if (type === 'object') return requiredOf(schema).every((property) => isSatisfiable(property, isPossible));
  if (type === 'array') return !(Number(schema['minItems']) > 0) || isSatisfiable(schema['items'], isPossible);
  return true;
}

function requiredOf({ required, properties }: JsonObject): (JsonValue | undefined)[] {
  if (!Array.isArray(required) || !isJsonObject(properties)) return [];
  return required.map((name) => (typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined));
}
