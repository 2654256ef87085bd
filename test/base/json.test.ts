import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { digestOf, sha256 } from '../../src/base/digest.ts';
import { canonicalBytes, canonicalJson, canonicalPieces, isJsonObject, type JsonValue } from '../../src/base/json.ts';

/** Lists of a length about which the way of writing changes, alone and inside of objects, over objects that are and are not in order. */
const longLists = fc
  .tuple(fc.constantFrom(0, 1, 499, 500, 501, 1000, 1001), fc.jsonValue(), fc.string({ unit: 'grapheme' }))
  .map(([length, value, key]) => {
    const list = Array.from({ length }, (_, at) => ({ b: at, a: value as JsonValue }));
    return { list, object: { z: 1, [key]: list, 10: 'ten', 2: { inner: list, none: undefined, '': [] } } };
  });

it('writes long lists as RFC 8785 has it, in pieces or as a whole', () => {
  fc.assert(
    fc.property(longLists, ({ list, object }) => {
      for (const value of [list, object, [object]]) {
        const text = canonicalize(value);
        expect(canonicalJson(value)).toBe(text);
        expect([...canonicalPieces(value)].join('')).toBe(text);
        expect(canonicalBytes(value).equals(Buffer.from(text ?? ''))).toBe(true);
        expect(digestOf(value)).toBe(sha256(text ?? ''));
      }
    }),
    { numRuns: 12 },
  );
});

/** The same value, its members in the order of their names as far as objects can have them. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name] ?? null)]));
}

it('writes anything as RFC 8785 has it', () => {
  const string = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', '\\', '\u007f', '\u2028'),
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      string,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, false, -0, 1e21, 5e-324),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(string, fc.nat().map(String), fc.constant('__proto__')), tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, (any) => {
      const text = canonicalize(any) ?? '';
      expect(canonicalJson(any)).toBe(text);
      expect(canonicalJson(inOrder(any))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it('refuses what is no JSON', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800']) {
    for (const value of [bad, [bad], { a: bad }, { a: { b: [bad] } }, { [`${bad}`]: '\udc00' }])
      expect(() => canonicalJson(value)).toThrow('is not allowed');
  }
});

it('writes long strings as RFC 8785 has it, wherever they are', () => {
  for (const long of ['x'.repeat(70_000), 'ä"\\\u0001😀'.repeat(20_000)]) {
    for (const value of [long, [long], { c: { b: long, a: 1 }, a: long }, { a: { b: { c: { d: long } } } }]) {
      expect(canonicalJson(value)).toBe(canonicalize(value));
      expect(canonicalBytes(value).toString()).toBe(canonicalize(value));
    }
  }
});

it('writes no long list at once', () => {
  const list = Array.from({ length: 5000 }, (_, at) => ({ at }));
  const longest = (value: JsonValue): number => Math.max(...[...canonicalPieces(value)].map(({ length }) => length));
  expect(longest(list)).toBeLessThan(canonicalJson(list).length / 5);
  expect(longest({ subject: list, predicate: { inputs: list } })).toBe(longest(list));
});

it('refuses what is no JSON in a long list too', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800']) {
    expect(() => canonicalJson([...Array.from({ length: 900 }, () => 0), bad])).toThrow('is not allowed');
    expect(() => canonicalJson({ [`${bad}`]: 1, list: Array.from({ length: 900 }, () => bad) })).toThrow('is not allowed');
  }
});
