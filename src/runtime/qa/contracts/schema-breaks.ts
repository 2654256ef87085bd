import fc from 'fast-check';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { FragmentError } from '../../workspace/compiler/fragments.ts';
import { mismatches } from '../../workspace/compiler/schema/pattern.ts';
import { list } from '../../workspace/compiler/schema/schema-facts.ts';
import { anyJson, memberName, realNumber, text } from './json-arbitraries.ts';
import { constrains, type SchemaArbitraries } from './schema-arbitrary.ts';

/** One way to break a valid value: the keyword that is then not met, where, and values that are valid but for that. */
export interface SchemaBreak {
  keyword: string;
  /** JSON Pointer to the place, where array items are their first. */
  path: string;
  values: fc.Arbitrary<JsonValue>;
}

const MOST = 200;
const MAX_DEPTH = 4;

/** Keywords that ask something of a value, and how to make one that does not meet it. */
type Breaker = (schema: JsonObject, arbitraries: SchemaArbitraries) => fc.Arbitrary<JsonValue>;

const without = (schema: JsonObject, key: string, other: JsonObject = {}): JsonObject => {
  const { [key]: _, ...rest } = schema;
  return { ...rest, ...other };
};
const numberOf = (value: JsonValue | undefined) => (typeof value === 'number' ? value : 0);
/** Whatever is not asked for; the filter takes what is wrong. */
const loose =
  (key: string): Breaker =>
  (schema, arbitraries) =>
    fc.oneof(attempt(() => arbitraries.of(without(schema, key))) ?? anyJson(), anyJson());

/** A member that is in no schema. */
const stranger: Breaker = (schema, arbitraries) =>
  fc.tuple(arbitraries.of(schema), memberName(), anyJson()).map(([value, name, wrong]) => withMember(value, name, wrong));

const BREAKERS: Readonly<Record<string, Breaker>> = {
  type: () => anyJson(),
  enum: loose('enum'),
  const: loose('const'),
  minLength: ({ minLength }) => text({ maxLength: Math.max(0, numberOf(minLength) - 1) }),
  maxLength: ({ maxLength }) => text({ minLength: numberOf(maxLength) + 1, maxLength: numberOf(maxLength) + 10 }),
  pattern: ({ pattern }) => fc.oneof(text(), fc.constantFrom('', ...(typeof pattern === 'string' ? mismatches(pattern) : []))),
  format: () => fc.oneof(fc.constantFrom('!', '\\', '{', '('), text()),
  minimum: ({ minimum }) => below(numberOf(minimum), true),
  exclusiveMinimum: ({ exclusiveMinimum }) => below(numberOf(exclusiveMinimum), false),
  maximum: ({ maximum }) => above(numberOf(maximum), true),
  exclusiveMaximum: ({ exclusiveMaximum }) => above(numberOf(exclusiveMaximum), false),
  multipleOf: (schema) =>
    fc.oneof(
      realNumber(),
      fc.integer(),
      fc.integer().map((value) => value * numberOf(schema['multipleOf']) + numberOf(schema['multipleOf']) / 2),
    ),
  minItems: (schema, arbitraries) =>
    arbitraries.of(without(schema, 'minItems', { maxItems: Math.max(0, numberOf(schema['minItems']) - 1) })),
  maxItems: (schema, arbitraries) => arbitraries.of(without(schema, 'maxItems', { minItems: numberOf(schema['maxItems']) + 1 })),
  uniqueItems: (schema, arbitraries) =>
    arbitraries
      .of(without(schema, 'uniqueItems', { minItems: Math.max(1, numberOf(schema['minItems'])) }))
      .map((items) => (Array.isArray(items) ? doubled(items) : items)),
  contains: (schema, arbitraries) =>
    fc.oneof(arbitraries.of(without(without(schema, 'contains'), 'minContains')), fc.array(anyJson(), { maxLength: 3 })),
  minProperties: (schema, arbitraries) =>
    arbitraries.of(without(schema, 'minProperties', { maxProperties: Math.max(0, numberOf(schema['minProperties']) - 1) })),
  maxProperties: (schema, arbitraries) =>
    arbitraries.of(without(schema, 'maxProperties', { minProperties: numberOf(schema['maxProperties']) + 1 })),
  additionalProperties: stranger,
  unevaluatedProperties: stranger,
  propertyNames: (schema, arbitraries) =>
    fc.tuple(arbitraries.of(schema), memberName(), anyJson()).map(([value, name, wrong]) => withMember(value, name, wrong)),
  dependentRequired: (schema, arbitraries) => {
    const keys = Object.keys(isJsonObject(schema['dependentRequired']) ? schema['dependentRequired'] : {});
    return fc
      .tuple(arbitraries.of(without(schema, 'dependentRequired')), fc.constantFrom('', ...keys), anyJson())
      .map(([value, name, wrong]) => withMember(value, name, wrong));
  },
  allOf: loose('allOf'),
  anyOf: loose('anyOf'),
  oneOf: loose('oneOf'),
  not: loose('not'),
  if: loose('if'),
  dependentSchemas: loose('dependentSchemas'),
};

/** Ways to break a schema's values, one keyword at a time, as deep as there surely is something. What cannot be broken is in `unbroken`. */
export function schemaBreaks(arbitraries: SchemaArbitraries): { breaks: SchemaBreak[]; unbroken: string[] } {
  const unbroken: string[] = [];
  const found = new BreakFinder(arbitraries).at(arbitraries.root.schema, { path: '', depth: 0 });
  const breaks = found.slice(0, MOST).flatMap((each): SchemaBreak[] => {
    const hits = (value: JsonValue) =>
      arbitraries.root.faults(value).some(({ keyword, path }) => keyword === each.keyword && path === each.path);
    const values = arbitraries.suchThat(each.values, hits, { about: `no longer ${each.keyword}`, patience: 500 });
    if (attempt(() => fc.sample(values, { numRuns: 3, seed: 1 })) !== undefined) return [{ ...each, values }];
    unbroken.push(`${each.keyword} at ${each.path === '' ? 'the root' : each.path}`);
    return [];
  });
  return { breaks, unbroken };
}

interface Place {
  path: string;
  depth: number;
}

class BreakFinder {
  readonly #arbitraries: SchemaArbitraries;

  constructor(arbitraries: SchemaArbitraries) {
    this.#arbitraries = arbitraries;
  }

  at(given: JsonValue | undefined, place: Place): SchemaBreak[] {
    const schema = this.#resolved(given);
    if (!isJsonObject(schema) || place.depth > MAX_DEPTH) return [];
    const own = Object.keys(schema).flatMap((keyword) => this.#broken(keyword, schema, place.path));
    const inner = [...this.#members(schema, place), ...this.#items(schema, place), ...this.#required(schema, place)];
    return [...own, ...inner];
  }

  #resolved(schema: JsonValue | undefined): JsonValue | undefined {
    if (!isJsonObject(schema) || typeof schema['$ref'] !== 'string') return schema;
    return constrains({ ...schema, $ref: undefined }) ? schema : this.#arbitraries.root.target(schema['$ref']);
  }

  #broken(keyword: string, schema: JsonObject, path: string): SchemaBreak[] {
    const breaker = Object.hasOwn(BREAKERS, keyword) && asks(keyword, schema[keyword]) ? BREAKERS[keyword] : undefined;
    const values = breaker && attempt(() => breaker(schema, this.#arbitraries));
    return values === undefined ? [] : [{ keyword, path, values }];
  }

  #required(schema: JsonObject, { path }: Place): SchemaBreak[] {
    return list(schema['required']).flatMap((key): SchemaBreak[] => {
      const whole = attempt(() => this.#arbitraries.of(schema));
      if (whole === undefined || typeof key !== 'string') return [];
      return [{ keyword: 'required', path, values: whole.map((value) => withoutMember(value, key)) }];
    });
  }

  #members(schema: JsonObject, { path, depth }: Place): SchemaBreak[] {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    return Object.entries(properties).flatMap(([key, member]) => {
      const around = attempt(() =>
        this.#arbitraries.of({ ...schema, type: 'object', required: [...new Set([...list(schema['required']), key])] }),
      );
      if (around === undefined) return [];
      const inside = this.at(member, { path: `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth: depth + 1 });
      return inside.map((each) => ({
        ...each,
        values: fc.tuple(around, each.values).map(([value, wrong]) => withMember(value, key, wrong)),
      }));
    });
  }

  #items(schema: JsonObject, { path, depth }: Place): SchemaBreak[] {
    const first = list(schema['prefixItems'])[0] ?? schema['items'];
    if (!isJsonObject(first)) return [];
    const around = attempt(() =>
      this.#arbitraries.of({ ...schema, type: 'array', minItems: Math.max(1, numberOf(schema['minItems'])) }),
    );
    if (around === undefined) return [];
    return this.at(first, { path: `${path}/0`, depth: depth + 1 }).map((each) => ({
      ...each,
      values: fc.tuple(around, each.values).map(([value, wrong]) => (Array.isArray(value) ? [wrong, ...value.slice(1)] : value)),
    }));
  }
}

/** Some keywords ask for nothing themselves: what they lead to does. */
function asks(keyword: string, value: JsonValue | undefined): boolean {
  return /^(?:additional|unevaluated)Properties$/.test(keyword) ? value === false : value !== false && value !== undefined;
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof FragmentError) return undefined;
    throw error;
  }
}

/** Whole numbers first: people read them more easily. */
function below(bound: number, excluded: boolean): fc.Arbitrary<JsonValue> {
  const whole = fc.integer({ min: Math.floor(bound) - 1000, max: Math.floor(bound) });
  return fc.oneof({ withCrossShrink: true }, whole, realNumber({ max: bound, maxExcluded: excluded }));
}

function above(bound: number, excluded: boolean): fc.Arbitrary<JsonValue> {
  const whole = fc.integer({ min: Math.ceil(bound), max: Math.ceil(bound) + 1000 });
  return fc.oneof({ withCrossShrink: true }, whole, realNumber({ min: bound, minExcluded: excluded }));
}

function doubled(items: readonly JsonValue[]): JsonValue {
  const [first = null] = items;
  return [first, ...items];
}

function withMember(value: JsonValue, name: string, member: JsonValue): JsonValue {
  return isJsonObject(value) ? { ...value, [name]: member } : value;
}

function withoutMember(value: JsonValue, name: string): JsonValue {
  if (!isJsonObject(value)) return value;
  const { [name]: _, ...rest } = value;
  return rest;
}
