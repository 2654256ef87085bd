import fc from 'fast-check';

import type { JsonValue } from '../../../base/json.ts';

/** Numbers that JSON can carry: finite, and no -0. */
export function realNumber(
  range: { min?: number; max?: number; minExcluded?: boolean; maxExcluded?: boolean } = {},
): fc.Arbitrary<number> {
  const { min, max, minExcluded = false, maxExcluded = false } = range;
  return fc
    .double({ ...range, noNaN: true, noDefaultInfinity: true })
    .map((value) => value + 0)
    .filter((value) => !(minExcluded && value === min) && !(maxExcluded && value === max));
}

const character = fc
  .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point));

/** Text of any script; lengths count characters (code points), as JSON Schema does. */
export function text(length: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...length, unit: character });
}

/** Names that no object has by inheritance. */
export function memberName(): fc.Arbitrary<string> {
  return fc.string({ maxLength: 8 }).filter((name) => !(name in {}));
}

/** Any JSON value, as it comes out of a parser. */
export function anyJson(): fc.Arbitrary<JsonValue> {
  return fc
    .jsonValue({ maxDepth: 2 })
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)
    .filter((value) => !namesInherited(value));
}

/** What objects have by inheritance confuses those who look whether they have it. */
function namesInherited(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, member]) => (!Array.isArray(value) && key in {}) || namesInherited(member as JsonValue),
  );
}

const moment = () =>
  fc
    .date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString());

const PATH_CHARACTERS = 'a z 0 9 - . _ ~ ! $ & ( ) * + , ; = : @'.split(' ');
const segment = fc.string({ unit: fc.constantFrom(...PATH_CHARACTERS), maxLength: 6 });
const uri = () =>
  fc
    .tuple(fc.constantFrom('https', 'http', 's3'), fc.domain(), fc.array(segment, { maxLength: 3 }))
    .map(([scheme, host, parts]) => `${scheme}://${host}${parts.map((part) => `/${part}`).join('')}`);
const pointer = () =>
  fc
    .array(fc.string({ maxLength: 4 }))
    .map((tokens) => tokens.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));

/** Texts of a format of JSON Schema; undefined for one that is not checked. */
const FORMATS: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  'date-time': moment,
  'iso-date-time': moment,
  date: () => moment().map((each) => each.slice(0, 10)),
  time: () => moment().map((each) => each.slice(11)),
  'iso-time': () => moment().map((each) => each.slice(11)),
  duration: () => fc.tuple(fc.nat(999), fc.nat(59)).map(([minutes, seconds]) => `PT${minutes}M${seconds}S`),
  uri,
  url: () => fc.domain().map((host) => `https://${host}/`),
  'uri-reference': uri,
  iri: uri,
  'uri-template': () => fc.domain().map((host) => `https://${host}/{id}`),
  uuid: () => fc.uuid(),
  email: () => fc.emailAddress(),
  hostname: () => fc.domain(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  regex: () => fc.constantFrom('^a+$', '[a-z]{2}', '\\d?'),
  'json-pointer': pointer,
  'json-pointer-uri-fragment': () => fc.constantFrom('#', '#/a', '#/a~1b/%25'),
  'relative-json-pointer': () => fc.constantFrom('0', '1/a', '2#'),
  byte: () => fc.base64String(),
};

export function formatted(format: string): fc.Arbitrary<string> | undefined {
  return Object.hasOwn(FORMATS, format) ? FORMATS[format]?.() : undefined;
}
