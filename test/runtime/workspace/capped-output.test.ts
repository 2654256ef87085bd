import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CappedOutput, lineSplitter } from '../../../src/runtime/workspace/capped-output.ts';

const chunks = fc.array(fc.string({ maxLength: 40 }));

describe('CappedOutput', () => {
  it('is the text itself as long as it fits', () => {
    fc.assert(
      fc.property(chunks, (parts) => {
        const output = new CappedOutput(10_000);
        for (const part of parts) output.add(Buffer.from(part));
        expect([output.text(), output.truncated]).toEqual([parts.join(''), false]);
      }),
    );
  });

  it('is the beginning and the end otherwise, and counts what is missing', () => {
    fc.assert(
      fc.property(chunks, (parts) => {
        const text = parts.join('').replaceAll(/[^ -~]/g, '.');
        const output = new CappedOutput(20);
        for (let at = 0; at < text.length; at += 7) output.add(Buffer.from(text.slice(at, at + 7)));
        const missing = text.length - 20;
        const expected = missing > 0 ? `${text.slice(0, 10)}\n… ${missing} characters left out …\n${text.slice(-10)}` : text;
        expect([output.text(), output.truncated]).toEqual([expected, missing > 0]);
      }),
    );
  });

  it('does not break a character that comes in two pieces', () => {
    const output = new CappedOutput(100);
    const bytes = Buffer.from('é');
    output.add(bytes.subarray(0, 1));
    output.add(bytes.subarray(1));
    expect(output.text()).toBe('é');
  });
});

describe('lineSplitter', () => {
  it('gives the same lines however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/)), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const heard: string[] = [];
        const splitter = lineSplitter((line) => heard.push(line), 100);
        const text = lines.join('\r\n');
        for (let at = 0; at < text.length; at += size) splitter.add(text.slice(at, at + size));
        splitter.end();
        expect(heard).toEqual(lines);
      }),
    );
  });

  it('cuts a line that is too long', () => {
    const heard: string[] = [];
    const splitter = lineSplitter((line) => heard.push(line), 5);
    for (const part of ['abcdef', 'ghi', 'j\nok\n']) splitter.add(part);
    expect(heard).toEqual(['abcde', 'ok']);
  });
});
