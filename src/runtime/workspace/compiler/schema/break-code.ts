import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { array, call, type Doc, object } from '../layout.ts';
import { stringLiteral, valueLiteral } from '../literal.ts';
import { type ContractSchema, definition } from './contract-schema.ts';
import { malformed } from './format-arbitrary.ts';
import { mismatches } from './pattern.ts';

/** The table of ways to break a value of a contract, as code. Each breaks a demand that holds whatever the rest of the value is. */
export interface BreakCode {
  rows: Doc[];
  /** Names used of `test/base/breaks.ts`, `test/base/arbitraries.ts`. */
  breakHelpers: Set<string>;
  helpers: Set<string>;
}

/** No more rows than this for one contract: wide contracts stay quick to test. */
const LIMIT = 200;

export function breakCode(schema: ContractSchema): BreakCode {
  const writer = new BreakWriter(schema);
  writer.place(schema.internal, '', []);
  return { rows: writer.rows.slice(0, LIMIT), breakHelpers: writer.breakHelpers, helpers: writer.helpers };
}

class BreakWriter {
  readonly rows: Doc[] = [];
  readonly breakHelpers = new Set<string>();
  readonly helpers = new Set<string>();
  readonly #schema: ContractSchema;

  constructor(schema: ContractSchema) {
    this.#schema = schema;
  }

  /** Breaks at `path`, and below it where members are sure to be there. */
  place(given: JsonValue | undefined, path: string, trail: readonly JsonValue[]): void {
    const schema = this.#resolved(given);
    if (!isJsonObject(schema) || trail.includes(schema) || this.rows.length >= LIMIT) return;
    this.#kind(schema, path);
    if (schema['const'] !== undefined || schema['enum'] !== undefined) return;
    if (typeof schema['type'] !== 'string') return;
    if (schema['type'] === 'string') this.#string(schema, path);
    if (schema['type'] === 'number' || schema['type'] === 'integer') this.#number(schema, path);
    if (schema['type'] === 'array') this.#array(schema, path, [...trail, schema]);
    if (schema['type'] === 'object') this.#object(schema, path, [...trail, schema]);
  }

  /** Another contract breaks its own values; a reference inside is followed when it stands alone. */
  #resolved(schema: JsonValue | undefined): JsonValue | undefined {
    if (!isJsonObject(schema) || typeof schema['$ref'] !== 'string') return schema;
    return Object.keys(schema).length === 1 ? definition(this.#schema.internal, schema['$ref']) : undefined;
  }

  #row(path: string, keyword: string, wrong?: Doc): void {
    const items: Doc[] = [`path: ${stringLiteral(path)}`, `keyword: ${stringLiteral(keyword)}`];
    this.rows.push(object(wrong === undefined ? items : [...items, ['wrong: ', wrong]]));
  }

  #help(name: string, args: readonly Doc[] = []): Doc {
    (name === 'otherThan' || name === 'noneOf' ? this.breakHelpers : this.helpers).add(name);
    return call(name, args);
  }

  /** A value of another type, or none of those that are listed. */
  #kind(schema: JsonObject, path: string): void {
    const listed = Array.isArray(schema['enum']) ? schema['enum'] : schema['const'] === undefined ? undefined : [schema['const']];
    if (listed)
      return this.#row(path, schema['const'] === undefined ? 'enum' : 'const', this.#help('noneOf', listed.map(valueLiteral)));
    const types = typeof schema['type'] === 'string' ? [schema['type']] : Array.isArray(schema['type']) ? schema['type'] : [];
    if (types.length === 0 || types.length > 5) return;
    this.#row(path, 'type', this.#help('otherThan', types.map(valueLiteral)));
  }

  #string({ format, pattern, minLength, maxLength }: JsonObject, path: string): void {
    const bad = typeof format === 'string' ? malformed(format) : undefined;
    if (bad !== undefined) this.#row(path, 'format', call('fc.constant', [stringLiteral(bad)]));
    const wrong = typeof pattern === 'string' ? mismatches(pattern) : [];
    if (wrong.length > 0) this.#row(path, 'pattern', call('fc.constantFrom', wrong.map(stringLiteral)));
    if (typeof minLength === 'number' && minLength > 0 && minLength <= 10_000)
      this.#row(path, 'minLength', this.#help('text', [`{ maxLength: ${minLength - 1} }`]));
    if (typeof maxLength === 'number' && maxLength < 10_000) {
      this.#row(path, 'maxLength', this.#help('text', [`{ minLength: ${maxLength + 1}, maxLength: ${maxLength + 10} }`]));
    }
  }

  #number({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject, path: string): void {
    const below = (bound: number, keyword: string, excluded: string): void =>
      this.#row(path, keyword, this.#help('number', [`{ max: ${bound}${excluded} }`]));
    const above = (bound: number, keyword: string, excluded: string): void =>
      this.#row(path, keyword, this.#help('number', [`{ min: ${bound}${excluded} }`]));
    if (typeof minimum === 'number') below(minimum, 'minimum', ', maxExcluded: true');
    if (typeof exclusiveMinimum === 'number') below(exclusiveMinimum, 'exclusiveMinimum', '');
    if (typeof maximum === 'number') above(maximum, 'maximum', ', minExcluded: true');
    if (typeof exclusiveMaximum === 'number') above(exclusiveMaximum, 'exclusiveMaximum', '');
  }

  #array({ items, prefixItems, minItems, maxItems }: JsonObject, path: string, trail: readonly JsonValue[]): void {
    if (typeof minItems === 'number' && minItems > 0) this.#row(path, 'minItems', call('fc.constant', ['[]']));
    if (typeof maxItems === 'number' && maxItems < 1000) {
      this.#row(path, 'maxItems', call('fc.constant', [`Array.from({ length: ${maxItems + 1} }, () => null)`]));
    }
    const first: JsonValue | undefined = Array.isArray(prefixItems) ? prefixItems[0] : items;
    const schema = maxItems === 0 ? undefined : this.#resolved(first);
    if (isJsonObject(schema) && !trail.includes(schema)) this.#kind(schema, `${path}/0`);
  }

  #object(schema: JsonObject, path: string, trail: readonly JsonValue[]): void {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    for (const key of required) if (typeof key === 'string') this.#row(`${path}/${escaped(key)}`, 'required');
    if (schema['additionalProperties'] === false && schema['patternProperties'] === undefined) {
      this.#row(`${path}/${unknownName(properties)}`, 'additionalProperties', this.#help('anyJson'));
    }
    for (const [key, value] of Object.entries(properties)) {
      const member = `${path}/${escaped(key)}`;
      if (required.has(key)) this.place(value, member, trail);
      else this.#optional(value, member, trail);
    }
  }

  /** An optional member can be put there whole; what is inside it may not be there to be broken. */
  #optional(given: JsonValue | undefined, path: string, trail: readonly JsonValue[]): void {
    const schema = this.#resolved(given);
    if (!isJsonObject(schema) || trail.includes(schema)) return;
    const { properties: _, required: __, additionalProperties: ___, items: ____, prefixItems: _____, ...own } = schema;
    this.place(own, path, trail);
  }
}

function unknownName(properties: JsonObject): string {
  let name = 'unknown';
  while (Object.hasOwn(properties, name)) name += '_';
  return name;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function breakTable(name: string, rows: readonly Doc[]): { before: string; doc: Doc } {
  return { before: `export const ${name}: readonly Break[] = `, doc: array(rows) };
}
