import fc from 'fast-check';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { FragmentError } from '../../workspace/compiler/fragments.ts';
import { mergeSchemas } from '../../workspace/compiler/schema/merge-schemas.ts';
import { realRange, wholeRange } from '../../workspace/compiler/schema/number-range.ts';
import { canGenerate } from '../../workspace/compiler/schema/pattern.ts';
import { impliedTypes, list, refuseEndless } from '../../workspace/compiler/schema/schema-facts.ts';
import { ContractRoot } from './contract-root.ts';
import { anyJson, formatted, memberName, realNumber, text } from './json-arbitraries.ts';

type Json = fc.Arbitrary<JsonValue>;

/** How often a generator had to try again. */
export interface Rejections {
  made: number;
  refused: number;
}

/** Tries in a row after which a search gives up. */
const PATIENCE = 5000;

/** Alternatives inside alternatives multiply; no schema that people wrote comes near. */
const MAX_STEPS = 20_000;

/**
 * Values that meet a schema of JSON Schema 2020-12, as fast-check makes and shrinks them. What keywords ask is built in as far as it can be; what is left is
 * filtered by ajv, and counted. Throws `FragmentError` if no value can meet it, as far as can be seen.
 */
export class SchemaArbitraries {
  readonly rejections: Rejections = { made: 0, refused: 0 };
  readonly #root: ContractRoot;
  readonly #parts: Map<string, Json> = new Map();
  readonly #tie: (reference: string) => Json;
  #steps = 0;

  constructor(schema: JsonObject) {
    this.#root = new ContractRoot(schema);
    refuseEndless(schema);
    const references = this.#root.references();
    const { ...ties } = fc.letrec<Record<string, JsonValue>>((tie) => {
      return Object.fromEntries(references.map((reference) => [reference, later(() => this.#part(reference, tie))]));
    });
    this.#tie = (reference) => ties[reference] ?? anyJson();
  }

  get root(): ContractRoot {
    return this.#root;
  }

  /** Valid values of the whole schema. */
  whole(): Json {
    return this.of(this.#root.schema);
  }

  /** Valid values of a schema that stands in the whole one, or was made of such parts. */
  of(schema: JsonValue | undefined): Json {
    const made = this.#value(schema);
    return isJsonObject(schema) ? this.#suchThat(made, schema) : made;
  }

  /** Values of `arbitrary` that pass; gives up with a message rather than searching for ever. */
  suchThat(
    arbitrary: Json,
    accepts: (value: JsonValue) => boolean,
    { about, patience = PATIENCE }: { about: string; patience?: number },
  ): Json {
    let refused = 0;
    return arbitrary.filter((value) => {
      this.rejections.made += 1;
      if (accepts(value)) {
        refused = 0;
        return true;
      }
      this.rejections.refused += 1;
      if (++refused > patience) throw new FragmentError(`no value was found that meets ${about}`);
      return false;
    });
  }

  #suchThat(arbitrary: Json, schema: JsonObject): Json {
    const check = this.#root.check(schema);
    return this.suchThat(arbitrary, check, { about: shown(schema) });
  }

  #part(reference: string, tie: (reference: string) => Json): Json {
    const known = this.#parts.get(reference);
    if (known !== undefined) return known;
    // Whoever refers to it while it is made gets the knot, not the thing.
    this.#parts.set(reference, tie(reference));
    const made = this.of(this.#root.target(reference) ?? true);
    this.#parts.set(reference, made);
    return made;
  }

  #value(schema: JsonValue | undefined): Json {
    if (++this.#steps > MAX_STEPS) throw new FragmentError('the schema combines too many alternatives');
    if (schema === false) throw new FragmentError('no value can meet a schema that is `false`');
    if (!isJsonObject(schema)) return anyJson();
    if (schema['not'] === true || (isJsonObject(schema['not']) && Object.keys(schema['not']).length === 0))
      throw new FragmentError('no value can meet what is `not` anything');
    const { $ref, ...rest } = schema;
    if (typeof $ref === 'string') return this.#reference($ref, rest);
    for (const key of ['allOf', 'anyOf', 'oneOf', 'if'] as const) if (key in schema) return this.#combined(schema, key);
    if ('const' in schema || Array.isArray(schema['enum'])) return this.#constants(schema);
    return this.#typed(schema);
  }

  #reference(reference: string, rest: JsonObject): Json {
    if (!constrains(rest)) return this.#tie(reference);
    return this.#value({ ...rest, allOf: [{ $ref: reference }, ...list(rest['allOf'])] });
  }

  #constants(schema: JsonObject): Json {
    const values = schema['const'] === undefined ? list(schema['enum']) : [schema['const']];
    const fit = values.filter(this.#root.check(schema));
    if (fit.length === 0) throw new FragmentError('no value is in its `enum`');
    return fc.constantFrom(...fit);
  }

  #combined(schema: JsonObject, key: 'allOf' | 'anyOf' | 'oneOf' | 'if'): Json {
    const { [key]: parts, ...rest } = schema;
    const { then: yes, else: no, ...base } = rest;
    const others = key === 'if' ? base : rest;
    if (key === 'allOf') return this.#value(list(parts).reduce<JsonObject>((sum, part) => this.#merged(sum, part), others));
    const branches = key === 'if' ? [{ allOf: [parts ?? true, yes ?? true] }, no ?? true] : list(parts);
    const made = branches.flatMap((branch) => this.#tried({ ...others, allOf: [branch, ...list(others['allOf'])] }));
    if (made.length === 0) throw new FragmentError(`no branch of \`${key}\` can be met`);
    return this.#suchThat(either(made), schema);
  }

  /** A branch that can never be met is no branch. */
  #tried(branch: JsonObject): Json[] {
    try {
      return [this.#value(branch)];
    } catch (error) {
      if (error instanceof FragmentError && this.#steps <= MAX_STEPS) return [];
      throw error;
    }
  }

  /** Both demands in one schema; what cannot be said in one is left to the filter. */
  #merged(sum: JsonObject, part: JsonValue): JsonObject {
    if (part === true) return sum;
    if (!isJsonObject(part)) throw new FragmentError('no value can meet a schema that is `false`');
    const { $ref, ...rest } = part;
    if (++this.#steps > MAX_STEPS) throw new FragmentError('the schema combines too many alternatives');
    const target = typeof $ref === 'string' ? this.#root.target($ref) : undefined;
    if (target === false) throw new FragmentError('no value can meet a schema that is `false`');
    const expanded = isJsonObject(target) ? this.#merged(sum, target) : sum;
    const { anyOf, oneOf, if: when, ...others } = rest;
    const { then: yes, else: no, ...plain } = others;
    const alternatives = [
      anyOf && { anyOf },
      oneOf && { oneOf },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      when !== undefined && { if: when, then: yes ?? true, else: no ?? true },
    ];
    const merged = mergeSchemas(expanded, plain);
    // Alternatives of several parts are met one after the other.
    return alternatives.reduce<JsonObject>((all, each) => (each ? nest(all, each) : all), merged);
  }

  #typed(schema: JsonObject): Json {
    const { type } = schema;
    const words = typeof type === 'string' ? [type] : Array.isArray(type) ? type : impliedTypes(schema);
    const made = this.#ofTypes(words, schema);
    return 'not' in schema ? this.#suchThat(made, schema) : made;
  }

  /** Of a type that is only implied there may be no value; then it is one of another type. */
  #ofTypes(words: readonly JsonValue[], schema: JsonObject): Json {
    if (schema['type'] !== undefined) return either(words.map((word) => this.#word(word, schema)));
    const made = words.flatMap((word) => this.#tried({ ...schema, type: word }));
    return made.length > 0 ? either(made) : anyJson().filter(this.#root.check(schema));
  }

  #word(word: JsonValue, schema: JsonObject): Json {
    if (word === 'string') return this.#string(schema);
    if (word === 'integer' || word === 'number') return numeric(schema, word);
    if (word === 'boolean') return fc.boolean();
    if (word === 'null') return fc.constant(null);
    return word === 'array' ? this.#array(schema) : this.#object(schema);
  }

  #string(schema: JsonObject): Json {
    const { format, pattern, minLength, maxLength, examples } = schema;
    const length = limits(minLength, maxLength);
    if (length.min > length.max) throw new FragmentError('`minLength` is above `maxLength`');
    const made = typeof format === 'string' ? formatted(format) : undefined;
    const own = { type: 'string', ...pick(schema, ['format', 'pattern', 'minLength', 'maxLength']) };
    if (made !== undefined) return constrains({ ...own, type: undefined, format: undefined }) ? this.#suchThat(made, own) : made;
    if (typeof pattern !== 'string')
      return text({ minLength: length.min, ...(length.max < Infinity && { maxLength: length.max }) });
    if (canGenerate(pattern)) return this.#suchThat(fc.stringMatching(new RegExp(pattern, 'u')), own);
    const fit = list(examples).filter(this.#root.check(own));
    return fit.length > 0 ? fc.constantFrom(...fit) : this.#suchThat(text(), own);
  }

  #array(schema: JsonObject): Json {
    const { prefixItems, uniqueItems, contains } = schema;
    const items = schema['items'] ?? schema['unevaluatedItems'];
    const { min, max } = limits(schema['minItems'], schema['maxItems']);
    if (min > max) throw new FragmentError('`minItems` is above `maxItems`');
    const closed = list(prefixItems).indexOf(false);
    if (closed !== -1) return this.#array({ ...schema, prefixItems: list(prefixItems).slice(0, closed), items: false });
    const head = list(prefixItems).map((item) => this.#value(item));
    const wanted = contains === undefined ? 0 : typeof schema['minContains'] === 'number' ? schema['minContains'] : 1;
    const most = items === false ? head.length : Math.min(max, Math.max(min, head.length + wanted) + 6);
    if (most < min) throw new FragmentError('an array would have more items than it may');
    const rest =
      items === false || most <= head.length
        ? fc.constant([])
        : this.#items(items, { min: Math.max(0, min - head.length), max: most - head.length, unique: uniqueItems === true });
    const whole = fc
      .tuple(fc.integer({ min: Math.min(min, head.length), max: Math.min(head.length, most) }), fc.tuple(...head), rest)
      .map(([count, first, more]): JsonValue[] => (count < head.length ? first.slice(0, count) : [...first, ...more]));
    const filled = wanted === 0 ? whole : this.#containing(whole, { contains, items, wanted, most: max, head: head.length });
    return wanted > 0 || schema['maxContains'] !== undefined || (uniqueItems === true && head.length > 0) || min > head.length
      ? this.#suchThat(
          filled,
          pick(schema, [
            'type',
            'items',
            'prefixItems',
            'uniqueItems',
            'contains',
            'minContains',
            'maxContains',
            'minItems',
            'maxItems',
          ]),
        )
      : filled;
  }

  #items(
    items: JsonValue | undefined,
    { min, max, unique }: { min: number; max: number; unique: boolean },
  ): fc.Arbitrary<JsonValue[]> {
    const length = { minLength: min, maxLength: max, depthIdentifier: 'contract' };
    const item = this.#value(items);
    return unique ? fc.uniqueArray(item, { ...length, selector: (value) => JSON.stringify(value) }) : fc.array(item, length);
  }

  /** What an array must contain takes the last places that are no one else's. */
  #containing(
    whole: fc.Arbitrary<JsonValue[]>,
    {
      contains,
      items,
      wanted,
      most,
      head,
    }: { contains: JsonValue | undefined; items: JsonValue | undefined; wanted: number; most: number; head: number },
  ): Json {
    const item = this.of(isJsonObject(items) ? { allOf: [contains ?? true, items] } : contains);
    const found = fc.array(item, { minLength: wanted, maxLength: wanted });
    return fc.tuple(whole, found).map(([values, more]): JsonValue => {
      const room = Math.max(head, Math.min(values.length, most - more.length));
      return [...values.slice(0, room), ...more];
    });
  }

  #object(schema: JsonObject): Json {
    const {
      additionalProperties = schema['unevaluatedProperties'],
      patternProperties,
      propertyNames,
      dependentRequired,
    } = schema;
    const required = list(schema['required']).filter((key) => typeof key === 'string');
    const properties: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {}))
      properties[key] = value ?? true;
    for (const key of required) if (!Object.hasOwn(properties, key)) properties[key] = this.#extra(key, schema);
    const { min, max } = limits(schema['minProperties'], schema['maxProperties']);
    const model = Object.fromEntries(
      Object.entries(properties).flatMap(([key, value]) => {
        if (required.includes(key)) return [[key, this.#value(value)]];
        return this.#optional(value).map((made) => [key, made]);
      }),
    );
    const fixed = fc.record(model, { requiredKeys: required });
    const room = Math.min(max - required.length, 4 + min);
    const maps = this.#maps(
      { additionalProperties, patternProperties, propertyNames },
      { min: Math.max(0, min - Object.keys(model).length), max: Math.max(0, room) },
    );
    const filled = fc.tuple(fixed, ...maps).map((parts): JsonValue => {
      const [own, ...more] = parts;
      return dropUnmet({ ...Object.assign({}, ...more), ...own } as JsonObject, dependentRequired, { required, max });
    });
    const inexact = [
      'minProperties',
      'maxProperties',
      'propertyNames',
      'dependentSchemas',
      'dependentRequired',
      'patternProperties',
      'unevaluatedProperties',
    ];
    return inexact.some((key) => key in schema) || isJsonObject(additionalProperties)
      ? this.#suchThat(filled, pick(schema, ['type', 'properties', 'required', 'additionalProperties', ...inexact]))
      : filled;
  }

  /** What a member must be that only `required` names. */
  #extra(key: string, { patternProperties, additionalProperties }: JsonObject): JsonValue {
    const fit = Object.entries(isJsonObject(patternProperties) ? patternProperties : {}).filter(([pattern]) =>
      new RegExp(pattern, 'u').test(key),
    );
    if (fit.length > 0) return { allOf: fit.map(([, value]) => value ?? true) };
    return additionalProperties ?? true;
  }

  /** A member that can never be right is never there. */
  #optional(schema: JsonValue): Json[] {
    if (schema === false) return [];
    return isJsonObject(schema) ? this.#tried(schema) : [this.#value(schema)];
  }

  #maps(
    {
      additionalProperties,
      patternProperties,
      propertyNames,
    }: {
      additionalProperties: JsonValue | undefined;
      patternProperties: JsonValue | undefined;
      propertyNames: JsonValue | undefined;
    },
    { min, max }: { min: number; max: number },
  ): fc.Arbitrary<Record<string, JsonValue>>[] {
    if (max === 0) return [];
    const keys = { minKeys: 0, maxKeys: max, depthIdentifier: 'contract' };
    const patterns = Object.entries(isJsonObject(patternProperties) ? patternProperties : {})
      .filter(([pattern]) => canGenerate(pattern))
      .map(([pattern, value]) =>
        fc.dictionary(
          fc.stringMatching(new RegExp(pattern, 'u')).filter((key) => !(key in {})),
          this.#value(value),
          keys,
        ),
      );
    if (additionalProperties === false) return patterns;
    // Objects that say nothing of others are left alone, unless there must be more.
    if (additionalProperties === undefined && min === 0 && patterns.length > 0) return patterns;
    const name = isJsonObject(propertyNames)
      ? this.of({ type: 'string', ...propertyNames })
          .filter((key) => typeof key === 'string' && !(key in {}))
          .map(String)
      : memberName();
    return [...patterns, fc.dictionary(name, this.#value(additionalProperties), { ...keys, minKeys: min })];
  }
}

/** A recursive definition is made when it is first asked for. */
function later(make: () => Json): Json {
  let made: Json | undefined;
  return fc.constant(null).chain(() => (made ??= make()));
}

function either(made: readonly Json[]): Json {
  const [only] = made;
  return made.length === 1 && only !== undefined
    ? only
    : fc.oneof({ depthIdentifier: 'contract', maxDepth: 3, withCrossShrink: true }, ...made);
}

function nest(schema: JsonObject, alternative: JsonObject): JsonObject {
  const [key = ''] = Object.keys(alternative);
  return key in schema ? { ...schema, allOf: [...list(schema['allOf']), alternative] } : { ...schema, ...alternative };
}

function numeric(schema: JsonObject, word: string): Json {
  const number = (key: string) => (typeof schema[key] === 'number' ? schema[key] : undefined);
  const low = { bound: number('minimum'), excluded: number('exclusiveMinimum') };
  const high = { bound: number('maximum'), excluded: number('exclusiveMaximum') };
  const step = number('multipleOf');
  if (step !== undefined) {
    const { min = -1_000_000, max = Math.max(1_000_000, min) } = wholeRange(low, high, step);
    return fc
      .integer({ min: Math.min(min, max), max })
      .map((factor) => factor * step + 0)
      .filter((value) => Number.isInteger(value / step) && (word !== 'integer' || Number.isInteger(value)));
  }
  if (word === 'integer') return fc.integer(wholeRange(low, high, 1));
  return realNumber(realRange(low, high));
}

/** Members that others call for are taken out where those are not there. */
function dropUnmet(
  value: JsonObject,
  dependent: JsonValue | undefined,
  { required, max }: { required: readonly string[]; max: number },
): JsonObject {
  const kept = new Map(Object.entries(value));
  for (const key of kept.keys()) if (kept.size > max && !required.includes(key)) kept.delete(key);
  for (let changed = isJsonObject(dependent); changed;) {
    changed = false;
    for (const [key, names] of Object.entries(isJsonObject(dependent) ? dependent : {})) {
      if (!kept.has(key) || list(names).every((name) => typeof name === 'string' && kept.has(name))) continue;
      kept.delete(key);
      changed = true;
    }
  }
  return Object.fromEntries(kept);
}

function limits(min: JsonValue | undefined, max: JsonValue | undefined): { min: number; max: number } {
  return { min: typeof min === 'number' ? min : 0, max: typeof max === 'number' ? max : Infinity };
}

function pick(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => keys.includes(key)));
}

const ANNOTATIONS =
  /^(?:\$|title$|description$|default$|examples$|deprecated$|readOnly$|writeOnly$|definitions$|components$|content|x-)/;

/** Whether a schema asks for anything: what is kept beside one for references does not. */
export function constrains(schema: JsonObject): boolean {
  return Object.entries(schema).some(([key, value]) => value !== undefined && !ANNOTATIONS.test(key));
}

function shown(schema: JsonObject): string {
  return JSON.stringify(schema).slice(0, 200);
}
