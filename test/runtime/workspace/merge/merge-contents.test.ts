import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { mergeContents } from '../../../../src/runtime/workspace/merge/merge-contents.ts';
import { cleanEnvironment, runProcess } from '../../../../src/runtime/workspace/process.ts';

const NAMES = { ours: 'one', theirs: 'two' };

const merge = (base: string | undefined, ours: string, theirs: string): string => {
  const bytes = (text: string) => Buffer.from(text);
  const merged = mergeContents(
    { base: base === undefined ? undefined : bytes(base), ours: bytes(ours), theirs: bytes(theirs) },
    NAMES,
  );
  return 'conflict' in merged ? `CONFLICT ${merged.conflict}` : Buffer.from(merged.content).toString();
};

test('what each side changed alone is taken from it', () => {
  expect(merge('a\nb\nc\nd\ne\n', 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\nf\n')).toBe('A\nb\nc\nd\nE\nf\n');
  expect(merge('a\nb\nc\n', 'b\nc\n', 'a\nb\nc\nd')).toBe('b\nc\nd');
  expect(merge('a\n', 'a\n', 'b\n')).toBe('b\n');
  expect(merge('a\r\nb\r\nc\r\n', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n')).toBe('A\r\nb\r\nC\r\n');
});

test('what both made the same of is no conflict', () => {
  expect(merge('a\nb\nc\n', 'a\nX\nc\n', 'a\nX\nc\n')).toBe('a\nX\nc\n');
  expect(merge('a\nb\nc\nd\n', 'a\nX\nc\nd\n', 'a\nX\nc\nD\n')).toBe('a\nX\nc\nD\n');
  expect(merge(undefined, 'a', 'a')).toBe('a');
});

test('lines that both changed, and neighbours that each changed one of, are a conflict that shows both sides', () => {
  expect(merge('a\nb\nc\n', 'a\nX\nc\n', 'a\nY\nc\n')).toBe(
    'CONFLICT <<<<<<< one\nX\n||||||| before\nb\n=======\nY\n>>>>>>> two\n',
  );
  expect(merge('a\nb\n', 'A\nb\n', 'a\nB\n')).toMatch(/^CONFLICT/);
  expect(merge('a\nb\n', 'a\nX\nb\n', 'a\nY\nb\n')).toMatch(/^CONFLICT/);
  expect(merge(undefined, 'a', 'b')).toBe('CONFLICT both made this file anew, otherwise');
});

test('a last line without an end is another line than one with it', () => {
  expect(merge('a\nb', 'a\nb\nc\n', 'A\nb')).toMatch(/^CONFLICT|^A\nb\nc\n$/);
  expect(merge('a\nb\nc', 'A\nb\nc', 'a\nb\nc\n')).toBe('A\nb\nc\n');
});

test('bytes that are no UTF-8 come out as they went in; what is no text is never merged', () => {
  const base = Buffer.from([0xff, 10, 0xfe, 10, 0x80, 10]);
  const [ours, theirs] = [Buffer.from([0xfd, 10, 0xfe, 10, 0x80, 10]), Buffer.from([0xff, 10, 0xfe, 10, 0x81, 10])];
  expect(mergeContents({ base, ours, theirs }, NAMES)).toEqual({ content: Buffer.from([0xfd, 10, 0xfe, 10, 0x81, 10]) });
  const binary = (...bytes: number[]) => Buffer.from([0, 10, ...bytes]);
  expect(mergeContents({ base: binary(1), ours: binary(2), theirs: binary(3) }, NAMES)).toEqual({
    conflict: 'both changed this file, and it is no text that could be merged',
  });
});

type Cut = { at: number; cut: number; put: number };

const cuts = (maxLength: number) => fc.array(fc.record({ at: fc.nat(200), cut: fc.nat(3), put: fc.nat(3) }), { maxLength });

/** Every line that a side puts in is known apart. */
function edited(base: readonly string[], side: string, list: readonly Cut[]): string[] {
  const lines = [...base];
  for (const [each, { at, cut, put }] of list.entries()) {
    lines.splice(at % (lines.length + 1), cut, ...Array.from({ length: put }, (_, i) => `${side}${each}.${i}\n`));
  }
  return lines;
}

const numbered = (size: number): string[] => Array.from({ length: size }, (_, at) => `line ${at}\n`);

test('1,000 random parallel edits lose no line that no other side touched', () => {
  let clean = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), cuts(8), cuts(8), (size, left, right) => {
      const base = numbered(size);
      const [ours, theirs] = [edited(base, 'o', left), edited(base, 't', right)];
      const result = merge(base.join(''), ours.join(''), theirs.join(''));
      const swapped = merge(base.join(''), theirs.join(''), ours.join(''));
      expect(swapped.startsWith('CONFLICT')).toBe(result.startsWith('CONFLICT'));
      if (result.startsWith('CONFLICT')) return;
      clean++;
      expect(swapped).toBe(result);
      const lines = new Set(result.split(/(?<=\n)/));
      for (const line of [...ours, ...theirs]) if (!base.includes(line)) expect(lines).toContain(line);
      for (const line of base) expect(lines.has(line)).toBe(ours.includes(line) && theirs.includes(line));
    }),
    { numRuns: 1_000 },
  );
  expect(clean).toBeGreaterThan(100);
});

test('git merges the same, and finds a conflict where we do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'merge-'));
  try {
    const env = { ...cleanEnvironment(folder), PATH: process.env['PATH'] ?? '' };
    let clean = 0;
    for (const [left, right] of fc.sample(fc.tuple(cuts(2), cuts(2)), { numRuns: 40, seed: 7 })) {
      const base = numbered(30);
      const texts = { base, ours: edited(base, 'o', left), theirs: edited(base, 't', right) };
      for (const [name, lines] of Object.entries(texts)) writeFileSync(join(folder, name), lines.join(''));
      const git = await runProcess(['git', 'merge-file', '-p', 'ours', 'base', 'theirs'], {
        cwd: folder,
        env,
        timeoutMs: 20_000,
      });
      const own = merge(base.join(''), texts.ours.join(''), texts.theirs.join(''));
      expect(own.startsWith('CONFLICT')).toBe(git.code !== 0);
      if (git.code !== 0) continue;
      clean++;
      expect(own).toBe(git.stdout);
    }
    expect(clean).toBeGreaterThan(5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
