import type { JsonObject } from '../../../../src/base/json.ts';

const TREE: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', minLength: 1 }, children: { type: 'array', items: { $ref: '#' } } },
  additionalProperties: false,
};

/** Schemas by what they ask, a few for each group of keywords. */
export const KEYWORD_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  'any value': {},
  'type boolean': { type: 'boolean' },
  'type null': { type: 'null' },
  'several types': { type: ['string', 'integer', 'null'] },
  'no type, with a keyword': { minLength: 3 },
  enum: { enum: ['a', 1, null, { b: [2] }] },
  'enum with a type': { type: 'string', enum: ['a', 'b', 3] },
  const: { const: { a: [1, 2] } },
  'string lengths': { type: 'string', minLength: 2, maxLength: 5 },
  pattern: { type: 'string', pattern: '^[A-Z]{2}-\\d{3,5}$' },
  'pattern with length': { type: 'string', pattern: '^a+b*$', minLength: 3, maxLength: 6 },
  'pattern that looks ahead': { type: 'string', pattern: '^(?=.*\\d)[a-z\\d]+$', examples: ['a1', 'b22'] },
  'format date-time': { type: 'string', format: 'date-time' },
  'format date': { type: 'string', format: 'date' },
  'format time': { type: 'string', format: 'time' },
  'format duration': { type: 'string', format: 'duration' },
  'format uuid': { type: 'string', format: 'uuid' },
  'format email': { type: 'string', format: 'email', maxLength: 40 },
  'format uri': { type: 'string', format: 'uri' },
  'format uri-reference': { type: 'string', format: 'uri-reference' },
  'format hostname': { type: 'string', format: 'hostname' },
  'format ipv4': { type: 'string', format: 'ipv4' },
  'format ipv6': { type: 'string', format: 'ipv6' },
  'format json-pointer': { type: 'string', format: 'json-pointer' },
  'integer range': { type: 'integer', minimum: 3, maximum: 9 },
  'integer, open range': { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 9 },
  'number range': { type: 'number', minimum: -1.5, exclusiveMaximum: 2.5 },
  'large integer': { type: 'integer', minimum: 5_000_000_000 },
  multipleOf: { type: 'number', multipleOf: 0.25, minimum: 0, maximum: 100 },
  'multipleOf whole': { type: 'integer', multipleOf: 7, minimum: 20 },
  items: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 4 },
  uniqueItems: { type: 'array', items: { enum: [1, 2, 3, 4] }, uniqueItems: true, minItems: 2 },
  prefixItems: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false, minItems: 2 },
  'prefixItems with more': { type: 'array', prefixItems: [{ const: 'a' }], items: { type: 'boolean' }, minItems: 2, maxItems: 3 },
  contains: { type: 'array', items: { type: 'integer' }, contains: { minimum: 1000 } },
  'contains, counted': { type: 'array', contains: { const: 7 }, minContains: 2, maxContains: 3, maxItems: 6 },
  unevaluatedItems: { type: 'array', prefixItems: [{ type: 'string' }], unevaluatedItems: false },
  properties: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'integer', minimum: 1 }, tag: { type: 'string', maxLength: 3 } },
  },
  'closed object': {
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'string' }, b: { type: 'null' } },
    additionalProperties: false,
  },
  'required but not described': { type: 'object', required: ['x', 'y'] },
  map: { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
  patternProperties: { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
  propertyNames: { type: 'object', propertyNames: { pattern: '^[a-z]{1,4}$' }, minProperties: 1 },
  'counted members': { type: 'object', minProperties: 2, maxProperties: 3, additionalProperties: { type: 'boolean' } },
  dependentRequired: {
    type: 'object',
    properties: { card: { type: 'string' }, address: { type: 'string' } },
    dependentRequired: { card: ['address'] },
    additionalProperties: false,
  },
  dependentSchemas: {
    type: 'object',
    properties: { kind: { enum: ['a', 'b'] }, size: { type: 'integer' } },
    dependentSchemas: { kind: { required: ['size'] } },
    additionalProperties: false,
  },
  allOf: {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
      { required: ['b'], properties: { a: { minimum: 5 }, b: { type: 'string' } } },
    ],
  },
  'allOf, closed by unevaluatedProperties': {
    allOf: [{ $ref: '#/$defs/base' }],
    properties: { extra: { type: 'boolean' } },
    unevaluatedProperties: false,
    $defs: { base: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
  },
  anyOf: {
    anyOf: [
      { type: 'string', minLength: 2 },
      { type: 'integer', maximum: 0 },
    ],
  },
  oneOf: {
    oneOf: [
      {
        type: 'object',
        required: ['kind', 'radius'],
        properties: { kind: { const: 'circle' }, radius: { type: 'number', exclusiveMinimum: 0 } },
      },
      {
        type: 'object',
        required: ['kind', 'side'],
        properties: { kind: { const: 'square' }, side: { type: 'number', exclusiveMinimum: 0 } },
      },
    ],
  },
  'oneOf, overlapping': { type: 'integer', oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }], minimum: 0, maximum: 60 },
  not: { type: 'integer', not: { multipleOf: 2 }, minimum: 0, maximum: 99 },
  'if, then, else': {
    type: 'object',
    required: ['country', 'code'],
    properties: { country: { enum: ['NL', 'US'] }, code: { type: 'string' } },
    if: { properties: { country: { const: 'US' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { properties: { code: { pattern: '^\\d{5}$' } } },
    else: { properties: { code: { pattern: '^\\d{4} [A-Z]{2}$' } } },
  },
  $ref: {
    type: 'object',
    required: ['from', 'to'],
    properties: { from: { $ref: '#/$defs/place' }, to: { $ref: '#/$defs/place' } },
    $defs: { place: { type: 'string', minLength: 1 } },
  },
  '$ref with neighbours': { $ref: '#/$defs/name', maxLength: 4, $defs: { name: { type: 'string', minLength: 2 } } },
  $anchor: { $ref: '#small', $defs: { any: { $anchor: 'small', type: 'integer', minimum: 0, maximum: 3 } } },
  recursive: TREE,
  'recursive by a definition': {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        required: ['value'],
        properties: { value: { type: 'integer' }, next: { $ref: '#/$defs/node' } },
        additionalProperties: false,
      },
    },
  },
  'recursive alternatives': {
    $ref: '#/$defs/term',
    $defs: {
      term: {
        oneOf: [
          { type: 'integer' },
          {
            type: 'object',
            required: ['op', 'of'],
            properties: {
              op: { enum: ['+', '*'] },
              of: { type: 'array', items: { $ref: '#/$defs/term' }, minItems: 2, maxItems: 3 },
            },
            additionalProperties: false,
          },
        ],
      },
    },
  },
  'an order': {
    type: 'object',
    required: ['id', 'items', 'total'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      placedAt: { type: 'string', format: 'date-time' },
      items: {
        type: 'array',
        minItems: 1,
        maxItems: 5,
        items: {
          type: 'object',
          required: ['sku', 'count'],
          properties: { sku: { type: 'string', pattern: '^[A-Z]{3}$' }, count: { type: 'integer', minimum: 1 } },
          additionalProperties: false,
        },
      },
      total: { type: 'number', minimum: 0, multipleOf: 0.5 },
      note: { type: ['string', 'null'], maxLength: 20 },
    },
    additionalProperties: false,
  },
};
