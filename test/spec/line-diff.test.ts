import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { lineDiff } from '../../src/spec/line-diff.ts';

/** What `patch` does with a diff. */
function patched(before: string, diff: readonly string[]): string {
  const old = before.split('\n').slice(0, -1);
  const now: string[] = [];
  let at = 0;
  for (const line of diff) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (head === null) {
      if (line.startsWith('+')) now.push(line.slice(1));
      else {
        expect(old[at]).toBe(line.slice(1));
        if (line.startsWith(' ')) now.push(line.slice(1));
        at += 1;
      }
      continue;
    }
    const from = Number(head[1]) - (head[2] === '0' ? 0 : 1);
    while (at < from) now.push(old[at++] ?? '');
    expect(now.length).toBe(Number(head[3]) - (head[4] === '0' ? 0 : 1));
  }
  return [...now, ...old.slice(at)].map((line) => `${line}\n`).join('');
}

describe('lineDiff', () => {
  it('shows a change with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
    expect(lineDiff(before, before.replace('e\n', 'E\nE2\n'))).toEqual([
      '@@ -2,7 +2,8 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      '+E2',
      ' f',
      ' g',
      ' h',
    ]);
  });

  it('says nothing of texts that differ in their ends of line only', () => {
    expect(lineDiff('a\r\nb\r\n', 'a\nb\n')).toEqual([]);
  });

  it('shows a new text as all put in', () => {
    expect(lineDiff('', 'a\nb\n')).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
  });

  it('is what turns one text into the other, and never longer than both', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '+', '-'), { maxLength: 30 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = lineDiff(before, after);
        expect(patched(before, diff)).toBe(after);
        expect(diff.length === 0).toBe(before === after);
        const edits = diff.filter((line) => !line.startsWith('@@') && !line.startsWith(' '));
        expect(edits.length).toBeLessThanOrEqual(before.split('\n').length + after.split('\n').length - 2);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up on the shortest way where texts have nothing in common', () => {
    const text = (name: string): string => Array.from({ length: 3_000 }, (_, at) => `${name}${at}\n`).join('');
    expect(patched(text('a'), lineDiff(text('a'), text('b')))).toBe(text('b'));
  });
});
