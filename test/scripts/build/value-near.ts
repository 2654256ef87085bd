import fc from 'fast-check';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/base/json.ts';

/** Values of the shape that a schema asks for, whose parts are now and then others: some are valid, most have a few faults at any depth. */
export function valueNear(schema: JsonObject): fc.Arbitrary<JsonValue> {
  const near = (part: JsonValue | undefined, depth: number): fc.Arbitrary<JsonValue> => {
    if (!isJsonObject(part) || depth > 6) return fc.constantFrom(...ODD);
    return fc.oneof({ weight: 15, arbitrary: shaped(part, depth + 1) }, { weight: 1, arbitrary: fc.constantFrom(...ODD) });
  };
  const shaped = (part: JsonObject, depth: number): fc.Arbitrary<JsonValue> => {
    const { $ref, const: only, enum: any, items, properties, additionalProperties: other } = part;
    const branches = [part['oneOf'], part['anyOf']].flatMap((all) => (isList(all) ? all : []));
    if (typeof $ref === 'string') return near(named(schema, $ref), depth);
    if (only !== undefined) return fc.constant(only);
    if (isList(any)) return fc.constantFrom(...any);
    if (branches.some((branch) => isJsonObject(branch) && branch['required'] === undefined))
      return fc.oneof(...branches.map((branch) => near(branch, depth)));
    if (items !== undefined) return fc.array(near(items, depth), { maxLength: 3 });
    if (isJsonObject(properties) || isJsonObject(other)) {
      const members = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, each]) => [name, near(each, depth)]);
      const required = isList(part['required'])
        ? part['required'].filter((name): name is string => typeof name === 'string')
        : [];
      const record = fc.record<Record<string, JsonValue>, string>(Object.fromEntries(members), { requiredKeys: required });
      const more = fc.oneof(
        { weight: 9, arbitrary: fc.constant({}) },
        { weight: isJsonObject(other) ? 9 : 1, arbitrary: fc.dictionary(fc.constantFrom('a', 'b~/c'), near(other, depth)) },
      );
      return fc.tuple(record, more).map(([ours, theirs]) => ({ ...ours, ...theirs }));
    }
    return fc.constantFrom(...(part['type'] === 'string' ? TEXTS : ODD));
  };
  return near(schema, 0);
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

function named(schema: JsonObject, ref: string): JsonValue | undefined {
  const names = ref.replace(/^#\/?/, '').split('/');
  return names.reduce<JsonValue | undefined>((at, name) => (name === '' || !isJsonObject(at) ? at : at[name]), schema);
}

const TEXTS = [
  '',
  'a',
  'A-1',
  'a b',
  '1s',
  '+1h',
  'a/b.ts',
  '😀',
  'https://a.example/b',
  'file:///a',
  '2026-01-02T03:04:05Z',
  '0b7e6b1f-5d1c-4c3e-9a57-0d6f2f7a1c11',
  `sha256:${'0'.repeat(64)}`,
  'x'.repeat(300),
];
const ODD: JsonValue[] = [null, true, false, 0, 1, -1, 0.5, 70_000, 'a', '', [], ['a', 'a'], {}, { a: 1 }];
