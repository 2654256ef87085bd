import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { FragmentError } from '../fragments.ts';
import { definition } from './contract-schema.ts';

/** The items of a list; none if it is no list. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

const WORDS: Record<string, readonly string[]> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'],
  object: [
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    'minProperties',
    'maxProperties',
    'propertyNames',
    'dependentRequired',
  ],
};

/** Types that a schema without `type` speaks of; a value of one of them is tried. */
export function impliedTypes(schema: JsonObject): string[] {
  return Object.keys(WORDS).filter((type) => WORDS[type]?.some((word) => word in schema));
}

export function isScalar(schema: JsonValue | undefined): boolean {
  const type = isJsonObject(schema) ? schema['type'] : undefined;
  return typeof type === 'string' && type !== 'array' && type !== 'object';
}

/** Whether a value of one branch is surely no value of another: `oneOf` is then as easy as `anyOf`. */
export function areDistinct(branches: readonly JsonValue[], key: string): boolean {
  if (key === 'anyOf') return true;
  const types = branches.map((branch) => (isJsonObject(branch) ? branch['type'] : undefined));
  if (types.includes('integer') && types.includes('number')) return false;
  return types.every((type) => typeof type === 'string') && new Set(types).size === types.length;
}

/** References anywhere inside a schema, not followed. */
export function references(schema: JsonValue | undefined): string[] {
  if (Array.isArray(schema)) return schema.flatMap((item: JsonValue) => references(item));
  if (!isJsonObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key === '$ref' && typeof value === 'string') return [value];
    return key === '$defs' || key === 'definitions' || key === 'const' || key === 'enum' ? [] : references(value);
  });
}

/** A value that must hold another of its own kind, and that one another, never ends. */
export function refuseEndless(root: JsonObject): void {
  const path = new Set<JsonObject>();
  const finite = new Set<JsonObject>();
  const visit = (schema: JsonValue | undefined): void => {
    if (!isJsonObject(schema) || finite.has(schema)) return;
    if (path.has(schema)) {
      throw new FragmentError('a value would have to hold another of its own kind without end; make one of the members optional');
    }
    path.add(schema);
    for (const part of demanded(root, schema)) visit(part);
    path.delete(schema);
    finite.add(schema);
  };
  visit(root);
}

/** Schemas of what a value must hold, or must be too. */
function demanded(root: JsonObject, schema: JsonObject): (JsonValue | undefined)[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = list(schema['required']).flatMap((key) =>
    typeof key === 'string' && Object.hasOwn(properties, key) ? [properties[key]] : [],
  );
  return [
    ...(typeof schema['$ref'] === 'string' ? [definition(root, schema['$ref'])] : []),
    ...list(schema['allOf']),
    ...required,
    ...(Number(schema['minItems']) > 0 ? [schema['items']] : []),
  ];
}
