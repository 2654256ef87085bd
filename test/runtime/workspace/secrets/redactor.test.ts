import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Redactor } from '../../../../src/runtime/workspace/secrets/redactor.ts';

/** What cannot be mistaken for a part of `[secret NAME]`. */
const canary = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }).filter((text) => !/^[secrtNAME [\]01]*$/.test(text));

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const redactor = (...values: string[]): Redactor => {
  const made = new Redactor();
  values.forEach((value, at) => made.add(`N${at}`, value));
  return made;
};

describe('no secret is left', () => {
  it('in a text, wherever it stands', () => {
    fc.assert(
      fc.property(canary, fc.array(fc.string({ unit: 'grapheme' })), (secret, parts) => {
        const redacted = redactor(secret).text(parts.join(secret) + secret);
        expect(Buffer.from(redacted).includes(Buffer.from(secret))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('in a stream, however it is cut, and the rest is as it was', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        canary,
        canary,
        fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }),
        sizes,
        async (a, b, parts, lengths) => {
          const [first, second] = [Buffer.from(a), Buffer.from(b)];
          const whole = Buffer.concat(parts.flatMap((part, at) => [part, at % 2 === 0 ? first : second]));
          const taken = redactor(a, b);
          const streamed = await buffer(Readable.from(cut(whole, lengths)).pipe(taken.stream()));
          expect(streamed.includes(first) || streamed.includes(second)).toBe(false);
          expect(streamed.equals(Buffer.from(taken.bytes(whole)))).toBe(true);
          const others = redactor('something else entirely');
          expect((await buffer(Readable.from(cut(whole, lengths)).pipe(others.stream()))).equals(whole)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['JSON', (text: string) => JSON.stringify({ key: text })],
    ['JSON in JSON', (text: string) => JSON.stringify(JSON.stringify([text]))],
    [
      'JSON in ASCII',
      (text: string) =>
        JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['an address', (text: string) => `https://x/?q=${encodeURIComponent(text)}`],
    ['an address in small letters', (text: string) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
    ['a form', (text: string) => new URLSearchParams({ text }).toString().replaceAll('+', '%20')],
    ['base64', (text: string) => Buffer.from(text).toString('base64')],
    ['base64url', (text: string) => Buffer.from(text).toString('base64url')],
    ['hexadecimal', (text: string) => Buffer.from(text).toString('hex')],
  ])('written as %s', (_, write) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', minLength: 12, maxLength: 40 }), (secret) => {
        expect(redactor(secret).text(write(secret))).toContain('[secret N0]');
      }),
      { numRuns: 200 },
    );
  });

  it('behind a name, as HTTP sends it: the base64 of what contains it says nothing of it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 8 }),
        fc.string({ minLength: 16, maxLength: 40 }),
        fc.string({ maxLength: 4 }),
        (user, secret, end) => {
          const sent = Buffer.from(`${user}:${secret}${end}`).toString('base64');
          expect(redactor(secret).text(`Basic ${sent}`)).toContain('[secret N0]');
        },
      ),
    );
  });

  it('of a key of several lines, line by line', () => {
    const lines = ['-----BEGIN KEY-----', 'MIIEvQIBADANBgkqhkiG', '9w0BAQEFAASCBKcwggSj', '-----END KEY-----'];
    const taken = redactor(lines.join('\n'));
    expect(taken.text(`  ${lines[0]}\n  ${lines[1]}\n  ${lines[2]}`)).toBe('  -----BEGIN KEY-----\n  [secret N0]\n  [secret N0]');
  });
});

it('says which, and takes what overlaps for one', () => {
  const taken = new Redactor();
  taken.add('LONG', 'abcdefghijkl');
  taken.add('SHORT', 'ghijklmnop');
  expect(taken.text('<abcdefghijklmnop>')).toBe('<[secret LONG]>');
  expect(taken.json({ 'a-abcdefghijkl': ['ghijklmnop', 1, null, { x: true }] })).toEqual({
    'a-[secret LONG]': ['[secret SHORT]', 1, null, { x: true }],
  });
  expect(taken.found(Buffer.from('xabcdefghijkl'))).toEqual(['LONG']);
  expect(taken.found('nothing')).toEqual([]);
});

it('leaves what holds no secret as it is, lone surrogates too', () => {
  expect(redactor('abcdefgh').text('\ud800 text')).toBe('\ud800 text');
  const bytes = Uint8Array.of(0xff, 0xfe);
  expect(redactor('abcdefgh').bytes(bytes)).toBe(bytes);
});
