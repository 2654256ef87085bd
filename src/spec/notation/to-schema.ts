import type { JsonObject, JsonPrimitive } from '../../base/json.ts';
import type { DiagnosticCode } from '../diagnostics.ts';
import { BUILTIN_TYPES } from './builtin-types.ts';
import type { Field, TypeNode } from './syntax.ts';

/** What the translation needs to know of its surroundings. */
export interface SchemaContext {
  /** `$ref` for a contract's name; undefined if there is no such contract. */
  reference(name: string, offset: number): string | undefined;
  /** A hint that names what may have been meant. */
  suggest(name: string): string;
  report(code: DiagnosticCode, offset: number, finding: { message: string; hint: string }): void;
}

/** JSON Schema 2020-12 of a type: objects are closed, and every field without `?` is required. */
export function toSchema(type: TypeNode, context: SchemaContext): JsonObject {
  if (type.kind === 'object') return objectSchema(type.fields, context);
  if (type.kind === 'array') return { type: 'array', items: toSchema(type.items, context) };
  if (type.kind === 'map') return mapSchema(type, context);
  if (type.kind === 'union') return unionSchema(type.options, context);
  return type.kind === 'literal' ? enumSchema([type.value]) : namedSchema(type, context);
}

function objectSchema(fields: readonly Field[], context: SchemaContext): JsonObject {
  const properties = new Map<string, JsonObject>();
  for (const field of fields) {
    if (properties.has(field.name)) {
      const message = `The field \`${field.name}\` is there twice.`;
      context.report('SPEC_FIELD_DUPLICATE', field.offset, { message, hint: 'Remove or rename one of the two.' });
    } else if (field.name === '__proto__') {
      const message = 'A field cannot be called `__proto__`: JavaScript validators pass over it in silence.';
      context.report('SPEC_FIELD_RESERVED', field.offset, { message, hint: 'Choose another name.' });
    } else properties.set(field.name, toSchema(field.type, context));
  }
  const required = fields.filter((field) => !field.optional && properties.has(field.name)).map((field) => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: [...new Set(required)],
    additionalProperties: false,
  };
}

function mapSchema(type: { keys: TypeNode | undefined; values: TypeNode }, context: SchemaContext): JsonObject {
  const keys = type.keys === undefined ? { type: 'string' } : toSchema(type.keys, context);
  const values = toSchema(type.values, context);
  const plain = keys['type'] === 'string' && Object.keys(keys).length === 1;
  return plain
    ? { type: 'object', additionalProperties: values }
    : { type: 'object', propertyNames: keys, additionalProperties: values };
}

/** Literals join into one `enum`, `null` into the type beside it; anything else is an `anyOf`. */
function unionSchema(options: readonly TypeNode[], context: SchemaContext): JsonObject {
  const literals = distinctLiterals(options, context);
  const others = options.filter((option) => option.kind !== 'literal').map((option) => toSchema(option, context));
  if (others.length === 0) return enumSchema(literals);
  const [only] = others;
  if (only !== undefined && others.length === 1 && literals.length === 1 && literals[0] === null) return nullable(only);
  return { anyOf: literals.length === 0 ? others : [...others, enumSchema(literals)] };
}

function nullable(schema: JsonObject): JsonObject {
  const type = schema['type'];
  return typeof type === 'string' && schema['const'] === undefined && schema['enum'] === undefined
    ? { ...schema, type: [type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

function distinctLiterals(options: readonly TypeNode[], context: SchemaContext): JsonPrimitive[] {
  const values = new Set<JsonPrimitive>();
  for (const option of options) {
    if (option.kind !== 'literal') continue;
    if (values.has(option.value)) {
      const message = `The union lists ${JSON.stringify(option.value)} twice.`;
      context.report('SPEC_LITERAL_DUPLICATE', option.offset, { message, hint: 'Remove one of the two.' });
    }
    values.add(option.value);
  }
  return [...values];
}

function enumSchema(values: readonly JsonPrimitive[]): JsonObject {
  const named = new Set(values.map(typeOf));
  if (named.has('number')) named.delete('integer');
  const types = [...named];
  const [first = 'null'] = types;
  if (values.length === 1)
    return values[0] === null || values[0] === undefined ? { type: 'null' } : { type: first, const: values[0] };
  return { type: types.length === 1 ? first : types, enum: values };
}

function typeOf(value: JsonPrimitive): string {
  if (value === null) return 'null';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function namedSchema({ name, offset }: { name: string; offset: number }, context: SchemaContext): JsonObject {
  const builtin = BUILTIN_TYPES.get(name.toLowerCase());
  if (builtin !== undefined) return builtin;
  const reference = context.reference(name, offset);
  if (reference !== undefined) return { $ref: reference };
  const message = `The type \`${name}\` is neither built in nor a contract of this bundle.`;
  context.report('SPEC_TYPE_UNKNOWN', offset, { message, hint: context.suggest(name) });
  return {};
}
