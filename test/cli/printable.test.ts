import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonText, oneLine, printable, printableData } from '../../src/cli/printable.ts';

/** Texts rich in what must not reach a terminal. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\u001b[31m', '\u001b]0;title\u0007', '\u009b1m', '\u0000', '\r', '\u202e', '\n', '\t'),
    ),
  )
  .map((parts) => parts.join(''));

function isDangerous(text: string): boolean {
  return text.split('').some((character) => {
    const code = character.charCodeAt(0);
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    return (isControl && character !== '\n' && character !== '\t') || (code >= 0x202a && code <= 0x202e);
  });
}

describe('printable', () => {
  it('lets no control character and no escape sequence through', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(isDangerous(printable(text))).toBe(false);
      }),
    );
  });

  it('leaves plain text of any script as it is', () => {
    for (const text of ['Order', 'naïve', '注文 📦', 'a\n\tb', 'مرحبا']) expect(printable(text)).toBe(text);
  });

  it('says nothing to the runner of a CI job', () => {
    const said =
      '::stop-commands::x\nstd::vector\n \t::error file=a.ts,line=1::no\n:: x\n# ##[add-mask]secret\n\u001b[1m::debug::x';
    expect(printable(said)).toBe(
      '\\u003a:stop-commands::x\nstd::vector\n \t\\u003a:error file=a.ts,line=1::no\n:: x\n# #\\u0023[add-mask]secret\n\\u003a:debug::x',
    );
    expect(printable(printable(said))).toBe(printable(said));
  });

  it('drops colours and shows other control characters', () => {
    expect(printable('\u001b[31mred\u001b[0m\u0007')).toBe('red\\u0007');
  });

  it('makes one line of many', () => {
    fc.assert(fc.property(hostile, (text) => !/[\n\t]/.test(oneLine(text))));
    expect(oneLine(' a\n   b\tc\n')).toBe('a b c');
  });

  it('reaches every text in data', () => {
    expect(printableData({ 'a\u0007': ['\u001b[1mx', { b: '\u0000', c: 1, d: null, e: true }] })).toEqual({
      'a\\u0007': ['x', { b: '\\u0000', c: 1, d: null, e: true }],
    });
  });

  it('copies only what it has to change', () => {
    const plain = { a: ['é — ✓', { b: 1 }] };
    expect(printableData(plain)).toBe(plain);
    const mixed = { plain, other: ['\u0007'] };
    expect(printableData(mixed).plain).toBe(plain);
  });

  it('is not needed in JSON, which keeps its meaning', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(JSON.parse(jsonText({ text }))).toEqual({ text });
        expect(isDangerous(jsonText({ text }, 0))).toBe(false);
      }),
    );
  });
});
