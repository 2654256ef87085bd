import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { FragmentError } from '../fragments.ts';
import { asciiName } from '../api/operation.ts';
import { array, call, type Doc, object } from '../layout.ts';
import { memberKey, stringLiteral, valueLiteral } from '../literal.ts';
import { lowerFirst } from '../names.ts';
import { type ContractSchema, contractNames, definition } from './contract-schema.ts';
import { formatArbitrary } from './format-arbitrary.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { type Bounds, realRange, wholeRange } from './number-range.ts';
import { canGenerate, patternLiteral } from './pattern.ts';
import { areDistinct, impliedTypes, isScalar, list, references, refuseEndless } from './schema-facts.ts';

/** A fast-check arbitrary as code. */
export interface ArbitraryCode {
  /** Declarations of the parts that refer to each other, in order; each `name` is used by `doc` or another part. */
  parts: Part[];
  doc: Doc;
  /** Every value it makes is valid, and its inferred type is the contract's. If not, the caller filters by the guard. */
  exact: boolean;
  /** Names used of `test/base/arbitraries.ts`. */
  helpers: Set<string>;
  /** Arbitraries of other contracts that are used: name → slug. */
  imports: Map<string, string>;
}

export interface Part {
  name: string;
  doc: Doc;
  /** It is used before it is declared, so its type must be. */
  recursive: boolean;
}

/** `acyclic`: slugs of contracts that surely do not refer back, so that their arbitraries can be used at once. */
export function arbitraryCode(schema: ContractSchema, acyclic: ReadonlySet<string>): ArbitraryCode {
  return new ArbitraryWriter(schema, acyclic).write();
}

/** Keywords that the code below turns into generators; any other that constrains makes the result inexact. */
const GENERATED = new Set(
  (
    '$schema $id $defs $ref $comment $anchor title description default examples deprecated readOnly writeOnly definitions type const enum properties ' +
    'required additionalProperties items prefixItems minItems maxItems uniqueItems minLength maxLength pattern format minimum maximum ' +
    'exclusiveMinimum exclusiveMaximum multipleOf contentEncoding contentMediaType contentSchema'
  ).split(' '),
);

class ArbitraryWriter {
  readonly #schema: ContractSchema;
  readonly #acyclic: ReadonlySet<string>;
  readonly #helpers = new Set<string>();
  readonly #imports = new Map<string, string>();
  readonly #parts: Part[] = [];
  readonly #names = new Map<string, string>();
  #exact = true;
  #steps = 0;

  constructor(schema: ContractSchema, acyclic: ReadonlySet<string>) {
    this.#schema = schema;
    this.#acyclic = acyclic;
  }

  write(): ArbitraryCode {
    refuseEndless(this.#schema.internal);
    const doc = this.#value(this.#schema.internal);
    return { parts: this.#parts, doc, exact: this.#exact, helpers: this.#helpers, imports: this.#imports };
  }

  #help(name: string, args: readonly Doc[] = []): Doc {
    this.#helpers.add(name);
    return call(name, args);
  }

  #step(): void {
    if (++this.#steps > MAX_STEPS)
      throw new FragmentError('the schema combines so many alternatives that no tests can be written for it');
  }

  #inexact(doc: Doc): Doc {
    this.#exact = false;
    return doc;
  }

  /** What stands for both in types is not inferred; the guard gives it. */
  #nested(shallow: Doc, deep: Doc): Doc {
    return this.#inexact(this.#help('nested', [shallow, deep]));
  }

  #value(schema: JsonValue | undefined): Doc {
    this.#step();
    if (schema === false) throw new FragmentError('no value can meet a schema that is `false`');
    if (!isJsonObject(schema)) return this.#help('anyJson');
    const { $ref, ...rest } = schema;
    if (typeof $ref === 'string') return this.#reference($ref, rest);
    if (Object.keys(schema).some((key) => !GENERATED.has(key))) this.#exact = false;
    for (const key of ['allOf', 'anyOf', 'oneOf', 'if'] as const) if (key in schema) return this.#combined(schema, key);
    if (schema['const'] !== undefined) return this.#constants([schema['const']]);
    if (Array.isArray(schema['enum'])) return this.#constants(schema['enum']);
    return this.#typed(schema);
  }

  #constants(values: readonly JsonValue[]): Doc {
    if (values.length === 0) throw new FragmentError('no value is in an empty `enum`');
    if (values.some((value) => typeof value === 'object' && value !== null)) this.#exact = false;
    return call(values.length === 1 ? 'fc.constant' : 'fc.constantFrom', values.map(valueLiteral));
  }

  #typed(schema: JsonObject): Doc {
    const words =
      typeof schema['type'] === 'string'
        ? [schema['type']]
        : Array.isArray(schema['type'])
          ? schema['type']
          : impliedTypes(schema);
    if (words.length === 0) return this.#help('anyJson');
    if (schema['type'] === undefined) this.#exact = false;
    return oneOf(words.map((word: JsonValue) => this.#word(word, schema)));
  }

  #word(word: JsonValue, schema: JsonObject): Doc {
    switch (word) {
      case 'string':
        return this.#string(schema);
      case 'integer':
      case 'number':
        return this.#number(schema, word);
      case 'boolean':
        return 'fc.boolean()';
      case 'null':
        return 'fc.constant(null)';
      case 'array':
        return this.#array(schema);
      default:
        return this.#object(schema);
    }
  }

  #string(schema: JsonObject): Doc {
    const { format, pattern, minLength, maxLength, examples } = schema;
    const limits = constraints({ minLength, maxLength });
    if (limits.length === 2 && Number(minLength) > Number(maxLength)) throw new FragmentError('`minLength` is above `maxLength`');
    const made =
      typeof format === 'string' ? formatArbitrary(format, typeof pattern === 'string' ? pattern : undefined) : undefined;
    if (made) {
      made.helpers.forEach((helper) => this.#helpers.add(helper));
      return this.#textSuchThat(made.code, conditions(made.matches ? undefined : pattern, { minLength, maxLength }));
    }
    if (typeof pattern !== 'string') return this.#help('text', limits.length === 0 ? [] : [object(limits)]);
    if (!canGenerate(pattern)) return this.#examples(examples);
    // Only a format that has no generator of its own is left to the guard.
    if (typeof format === 'string') this.#exact = false;
    return this.#textSuchThat(
      call('fc.stringMatching', [patternLiteral(pattern)]),
      conditions(undefined, { minLength, maxLength }),
    );
  }

  /** A pattern that cannot be turned round: the examples, else a search that may give up. */
  #examples(examples: JsonValue | undefined): Doc {
    const texts = Array.isArray(examples) ? examples.filter((example: JsonValue) => typeof example === 'string') : [];
    return this.#inexact(texts.length === 0 ? this.#help('text') : call('fc.constantFrom', texts.map(valueLiteral)));
  }

  #textSuchThat(doc: Doc, test: string): Doc {
    return test === '' ? doc : this.#help('textSuchThat', [doc, `(text) => ${test}`]);
  }

  #number(schema: JsonObject, word: string): Doc {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format } = schema;
    const low = { bound: numeric(minimum), excluded: numeric(exclusiveMinimum) };
    const high = { bound: numeric(maximum), excluded: numeric(exclusiveMaximum) };
    if (typeof multipleOf === 'number') return this.#multiple(multipleOf, wholeRange(low, high, multipleOf), word);
    if (word === 'integer' || format === 'int32' || format === 'int64') {
      const range = wholeRange(low, high, 1);
      const limits =
        format === 'int32'
          ? { min: Math.max(range.min ?? -(2 ** 31), -(2 ** 31)), max: Math.min(range.max ?? 2 ** 31 - 1, 2 ** 31 - 1) }
          : range;
      return call('fc.integer', bounds(limits));
    }
    return this.#help('number', bounds(realRange(low, high)));
  }

  #multiple(step: number, { min = -1_000_000, max = 1_000_000 }: Bounds, word: string): Doc {
    if (word === 'integer' && !Number.isInteger(step)) this.#exact = false;
    return this.#help('multipleOf', [String(step), object([`min: ${min}`, `max: ${Math.max(max, min)}`])]);
  }

  #array(schema: JsonObject): Doc {
    const { items, prefixItems, minItems, maxItems, uniqueItems } = schema;
    if (typeof minItems === 'number' && typeof maxItems === 'number' && minItems > maxItems)
      throw new FragmentError('`minItems` is above `maxItems`');
    if (Array.isArray(prefixItems)) return this.#tuple(schema, prefixItems);
    if (items === false || maxItems === 0) return this.#inexact('fc.constant([])');
    const limits = constraints({ minLength: minItems, maxLength: maxItems });
    const item = this.#value(items);
    const name = uniqueItems === true ? 'fc.uniqueArray' : 'fc.array';
    const comparator = uniqueItems === true && !isScalar(items) ? [this.#use('comparator: equal', 'equal')] : [];
    const made = call(name, [item, ...(limits.length + comparator.length === 0 ? [] : [object([...limits, ...comparator])])]);
    return this.#recurs(items) && !(Number(minItems) > 0) ? this.#nested('fc.constant([])', made) : made;
  }

  #use(code: string, helper: string): string {
    this.#helpers.add(helper);
    return code;
  }

  #tuple(schema: JsonObject, prefix: readonly JsonValue[]): Doc {
    const { items, minItems, maxItems, uniqueItems } = schema;
    if (uniqueItems === true || Number(minItems) < prefix.length || minItems === undefined || Number(maxItems) < prefix.length)
      this.#exact = false;
    const head = call(
      'fc.tuple',
      prefix.map((item) => this.#value(item)),
    );
    if (items === false || !(Number(minItems) > prefix.length)) return head;
    this.#exact = false;
    const rest = call('fc.array', [this.#value(items), object([`minLength: ${Number(minItems) - prefix.length}`])]);
    return this.#help('joined', [head, rest]);
  }

  #object(schema: JsonObject): Doc {
    const { additionalProperties, patternProperties } = schema;
    const properties = this.#properties(schema);
    const patterns = isJsonObject(patternProperties) ? Object.entries(patternProperties) : [];
    const maps = patterns.map(([pattern, value]) => this.#map(pattern, value));
    if (isJsonObject(additionalProperties)) maps.push(this.#map(undefined, additionalProperties));
    if (properties.length === 0 && additionalProperties === undefined && maps.length === 0) maps.push(this.#map(undefined, true));
    if (patterns.length > 0 && additionalProperties !== false) this.#exact = false;
    if (maps.length === 0) return this.#record(properties);
    const parts = properties.length === 0 ? maps : [...maps, this.#record(properties)];
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    this.#exact = false;
    return this.#help('merged', parts);
  }

  #map(pattern: string | undefined, value: JsonValue | undefined): Doc {
    const generated = pattern !== undefined && canGenerate(pattern);
    if (pattern !== undefined) this.#exact = false;
    const key = generated ? call('fc.stringMatching', [patternLiteral(pattern)]) : this.#help('memberName');
    const map = call('fc.dictionary', [key, this.#value(value)]);
    return this.#recurs(value) ? this.#nested('fc.constant({})', map) : map;
  }

  #properties(schema: JsonObject): Property[] {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const properties = isJsonObject(schema['properties']) ? { ...schema['properties'] } : {};
    for (const key of required) if (typeof key === 'string' && !Object.hasOwn(properties, key)) properties[key] = true;
    return Object.entries(properties)
      .filter(([key, value]) => value !== false || required.has(key))
      .map(([key, value]) => {
        const optional = !required.has(key);
        return { key, optional, deep: optional && this.#recurs(value), doc: [`${memberKey(key)}: `, this.#value(value)] };
      });
  }

  /** Optional members that refer back are left out once values are nested deeply. */
  #record(properties: readonly Property[]): Doc {
    const all = record(properties);
    if (!properties.some(({ deep }) => deep)) return all;
    return this.#nested(record(properties.filter(({ deep }) => !deep)), all);
  }

  #reference(reference: string, rest: JsonObject): Doc {
    if (Object.keys(rest).some((key) => !ANNOTATIONS.has(key)))
      return this.#combined({ ...rest, allOf: [{ $ref: reference }, ...list(rest['allOf'])] }, 'allOf');
    const other = this.#schema.references.get(reference);
    if (other) {
      const { arbitrary } = contractNames(other);
      this.#imports.set(arbitrary, other.slug);
      return this.#acyclic.has(other.slug) ? arbitrary : this.#help('later', [`() => ${arbitrary}`]);
    }
    const target = definition(this.#schema.internal, reference);
    if (target === undefined) return this.#inexact(this.#help('anyJson'));
    return this.#part(reference, target);
  }

  /** A definition is a constant of its own, so that one that is used often is written once. */
  #part(reference: string, target: JsonValue): Doc {
    const recursive = this.#recursive(reference);
    // The types of parts that refer to each other cannot be inferred; the guard gives the whole its type.
    if (recursive) this.#exact = false;
    const name = this.#names.get(reference) ?? this.#declare(reference, target, recursive);
    return recursive ? this.#help('later', [`() => ${name}`]) : name;
  }

  #declare(reference: string, target: JsonValue, recursive: boolean): string {
    const word = lowerFirst(asciiName(reference.split('/').at(-1) ?? ''));
    const name = reference === '#' ? 'whole' : `${word}${this.#names.size}`;
    this.#names.set(reference, name);
    this.#parts.push({ name, doc: this.#value(target), recursive });
    return name;
  }

  /** Whether values of the schema may hold values of this contract, or of one that refers back to it. */
  #recurs(schema: JsonValue | undefined): boolean {
    return references(schema).some((reference) => {
      const other = this.#schema.references.get(reference);
      return other ? !this.#acyclic.has(other.slug) : this.#recursive(reference);
    });
  }

  #recursive(reference: string): boolean {
    const seen = new Set<string>();
    const follow = (from: string): boolean =>
      references(definition(this.#schema.internal, from)).some((next) => {
        if (next === reference) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return follow(next);
      });
    return follow(reference);
  }

  #combined(schema: JsonObject, key: 'allOf' | 'anyOf' | 'oneOf' | 'if'): Doc {
    const { [key]: parts, then: yes, else: no, ...base } = schema;
    if (key === 'allOf') return this.#all(base, list(parts));
    const branches = key === 'if' ? [{ allOf: [parts ?? true, yes ?? true] }, no ?? true] : list(parts);
    const plain = Object.keys(base).every((word) => ANNOTATIONS.has(word));
    if (key === 'if' || !plain || !areDistinct(branches, key)) this.#exact = false;
    const docs = branches.flatMap((branch) => this.#tried(plain ? branch : { ...base, allOf: [branch, ...list(base['allOf'])] }));
    if (docs.length === 0) throw new FragmentError(`no branch of \`${key}\` can be met`);
    const shallow = docs.filter((_, index) => !this.#recurs(branches[index]));
    if (shallow.length === docs.length || shallow.length === 0) return oneOf(docs);
    return this.#nested(oneOf(shallow), oneOf(docs.filter((doc) => !shallow.includes(doc))));
  }

  /** A branch that can never be met is no branch. */
  #tried(branch: JsonValue): Doc[] {
    try {
      return [this.#value(branch)];
    } catch (error) {
      if (error instanceof FragmentError && this.#steps <= MAX_STEPS) return [];
      throw error;
    }
  }

  #all(base: JsonObject, parts: readonly JsonValue[]): Doc {
    this.#exact = false;
    const merged = parts.reduce<JsonObject | undefined>((sum, part) => this.#merged(sum, part), base);
    if (merged) return this.#value(merged);
    const docs = [...(impliedTypes(base).length > 0 ? [base] : []), ...parts].map((part) => this.#value(part));
    const [only] = docs;
    return docs.length === 1 && only !== undefined ? only : this.#help('merged', docs);
  }

  /** Both demands in one schema; undefined if that cannot be said (a contract elsewhere, or one that refers back). */
  #merged(a: JsonObject | undefined, part: JsonValue): JsonObject | undefined {
    this.#step();
    if (a === undefined || part === true) return a;
    if (!isJsonObject(part)) throw new FragmentError('no value can meet a schema that is `false`');
    const reference = part['$ref'];
    if (typeof reference !== 'string') return mergeSchemas(a, part);
    const target =
      this.#schema.references.has(reference) || this.#recursive(reference)
        ? undefined
        : definition(this.#schema.internal, reference);
    const { $ref: _, ...rest } = part;
    return isJsonObject(target) ? this.#merged(this.#merged(a, target), rest) : undefined;
  }
}

interface Property {
  key: string;
  optional: boolean;
  deep: boolean;
  doc: Doc;
}

/** Alternatives inside alternatives multiply; no schema that people wrote comes near. */
const MAX_STEPS = 20_000;

const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  '$defs',
  'definitions',
  '$id',
  '$anchor',
]);

function record(properties: readonly Property[]): Doc {
  const model = object(
    properties.map(({ doc }) => doc),
    { broken: properties.length > 1 },
  );
  if (properties.every(({ optional }) => !optional)) return call('fc.record', [model]);
  const required = properties.filter(({ optional }) => !optional).map(({ key }) => stringLiteral(key));
  return call('fc.record', [model, object([['requiredKeys: ', array(required)]])]);
}

function oneOf(docs: readonly Doc[]): Doc {
  const [only] = docs;
  return docs.length === 1 && only !== undefined ? only : call('fc.oneof', docs);
}

function numeric(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function bounds(range: object): Doc[] {
  const items = Object.entries(range).map(([key, value]) => `${key}: ${String(value)}`);
  return items.length === 0 ? [] : [object(items)];
}

function constraints(limits: Record<string, JsonValue | undefined>): string[] {
  return Object.entries(limits).flatMap(([key, value]) => (typeof value === 'number' ? [`${key}: ${value}`] : []));
}

function conditions(
  pattern: JsonValue | undefined,
  { minLength, maxLength }: { minLength: JsonValue | undefined; maxLength: JsonValue | undefined },
): string {
  return [
    ...(typeof pattern === 'string' ? [`${patternLiteral(pattern)}.test(text)`] : []),
    ...(typeof minLength === 'number' && minLength > 0 ? [`[...text].length >= ${minLength}`] : []),
    ...(typeof maxLength === 'number' ? [`[...text].length <= ${maxLength}`] : []),
  ].join(' && ');
}
