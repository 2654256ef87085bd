import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { type ContractFragment, FragmentError, type Named } from '../fragments.ts';
import { typeName } from '../names.ts';

/** A contract's schema in the two forms that are needed, and whom it refers to. */
export interface ContractSchema {
  /** As it is published, in `schemas/`. */
  published: JsonObject;
  /** For code: no `$id`, references to itself as `#…`, references to others as `<slug>.schema.json`. */
  internal: JsonObject;
  /** The contracts that are referred to, by the reference used in `internal`. */
  references: Map<string, Named>;
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** Keywords whose value is data, not schema. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

export function contractSchema({ name, slug, schema, refersTo }: ContractFragment): ContractSchema {
  const { $schema = DRAFT, $id = `${slug}.schema.json`, title = name, ...rest } = schema;
  const self = { slug, id: typeof $id === 'string' ? $id : '' };
  const references = new Map<string, Named>();
  const internal = rewritten(rest, (reference) => resolve(reference, self, { refersTo, references }));
  refusePrototype(internal);
  return { published: { $schema, $id, title, ...rest }, internal: { $schema, ...internal }, references };
}

function rewritten(schema: JsonObject, resolveReference: (reference: string) => string): JsonObject {
  const copy = (value: JsonValue, key: string, inNames: boolean): JsonValue => {
    if (!inNames && DATA.has(key)) return value;
    if (!inNames && (key === '$ref' || key === '$dynamicRef') && typeof value === 'string') return resolveReference(value);
    if (Array.isArray(value)) return value.map((item: JsonValue) => copy(item, '', false));
    if (!isJsonObject(value)) return value;
    const names = !inNames && NAME_MAPS.has(key);
    return Object.fromEntries(Object.entries(value).map(([member, part]) => [member, copy(part ?? null, member, names)]));
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, copy(value ?? null, key, false)]));
}

/** Keywords whose members are names, so that a property called `enum` is not taken for the keyword. */
const NAME_MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

interface Known {
  refersTo: readonly Named[];
  references: Map<string, Named>;
}

function resolve(reference: string, self: { slug: string; id: string }, { refersTo, references }: Known): string {
  const [document = '', fragment = ''] = reference.split('#', 2);
  const file = document.split('/').at(-1) ?? '';
  if (document === '' || document === self.id || file === `${self.slug}.schema.json`) return `#${fragment}`;
  const target = refersTo.find(({ name, slug }) => file === `${slug}.schema.json` || document === slug || document === name);
  if (!target)
    throw new FragmentError(`the schema refers to ${JSON.stringify(reference)}, which is no contract it is said to refer to`);
  if (fragment !== '')
    throw new FragmentError(`the schema refers into another contract (${JSON.stringify(reference)}); refer to a whole contract`);
  const key = `${target.slug}.schema.json`;
  references.set(key, target);
  return key;
}

/** ajv passes `__proto__` over in silence, so a contract that has such a member could not be checked. */
function refusePrototype(value: unknown): void {
  if (Array.isArray(value)) value.forEach(refusePrototype);
  else if (isJsonObject(value)) {
    if (Object.hasOwn(value, '__proto__')) throw new FragmentError('a contract cannot have a member called __proto__');
    Object.values(value).forEach(refusePrototype);
  } else if (value === '__proto__') throw new FragmentError('a contract cannot name a member __proto__');
}

/** The schema that a reference inside the document points to, with the name of its type; undefined if it leads elsewhere. */
export function definition(root: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#')) return undefined;
  let target: JsonValue | undefined = root;
  for (const token of decodeURIComponent(reference.slice(1)).split('/').slice(1)) {
    const key: string = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isJsonObject(target) || !Object.hasOwn(target, key)) return undefined;
    target = target[key];
  }
  return reference === '#' || reference.startsWith('#/') ? target : undefined;
}

/** Names of a contract in code. */
export function contractNames(contract: Named): Record<'type' | 'is' | 'parse' | 'assert' | 'arbitrary' | 'breaks', string> {
  const type = typeName(contract);
  return {
    type,
    is: `is${type}`,
    parse: `parse${type}`,
    assert: `assert${type}`,
    arbitrary: `arbitrary${type}`,
    breaks: `waysToBreak${type}`,
  };
}
