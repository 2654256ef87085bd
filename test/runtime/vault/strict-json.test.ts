import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseStrictJson } from '../../../src/runtime/vault/strict-json.ts';

describe('strict JSON', () => {
  it('reads what JSON.stringify writes, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, once escaped', String.raw`{"a":1,"\u0061":2}`],
    ['a name twice deep inside', '[{"x":{"a":[],"b":"a\\":","a":null}}]'],
    ['a byte order mark', '\uFEFF{}'],
    ['trailing text', '{} x'],
    ['nothing', ''],
    ['too deep', `${'['.repeat(70)}${']'.repeat(70)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(Buffer.from(text))).toThrow(SyntaxError);
  });

  it('is not misled by strings that look like members', () => {
    const value = { 'a"b': 'x":', 'c\\': '{"a":1,"a":2}', d: ['"e":1', '\\'] };
    expect(parseStrictJson(JSON.stringify(value))).toEqual(value);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(/UTF-8/);
  });
});
