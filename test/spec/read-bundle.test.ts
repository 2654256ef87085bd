import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../src/base/errors.ts';
import { readBundle, resolveInBundle } from '../../src/spec/read-bundle.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): string {
  const full = join(dir, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function failure(path: string): NexusError {
  try {
    readBundle(path);
  } catch (error) {
    if (error instanceof NexusError) return error;
    throw error;
  }
  throw new Error(`${path} was read`);
}

describe('what a bundle holds', () => {
  it('is every Markdown, JSON and YAML file of a folder, ordered by path', () => {
    for (const path of ['b.md', 'a/z.markdown', 'a/b.schema.json', 'api.yaml', 'B.md', 'logo.png', 'main.ts']) write(path, 'x');
    expect(readBundle(dir).files.map((file) => file.path)).toEqual([
      'B.md',
      'a/b.schema.json',
      'a/z.markdown',
      'api.yaml',
      'b.md',
    ]);
  });

  it('leaves out folders and files that begin with a dot, and node_modules', () => {
    for (const path of ['.git/a.md', '.agentnexus/a.md', 'node_modules/x/a.md', '.hidden.md', 'deep/.x/a.md', 'spec.md'])
      write(path, 'x');
    expect(readBundle(dir).files.map((file) => file.path)).toEqual(['spec.md']);
  });

  it('knows the folders of tools in any case', () => {
    write('.Kiro/Specs/a/Tasks.MD', 'x');
    expect(readBundle(dir).files.map((file) => file.path)).toEqual(['.Kiro/Specs/a/Tasks.MD']);
  });

  it('leaves out lock files, of whatever bundle', () => {
    for (const path of ['spec.lock.yaml', 'a/shop.lock.yaml', 'spec.md', 'lock.yaml']) write(path, 'x');
    expect(readBundle(dir).files.map((file) => file.path)).toEqual(['lock.yaml', 'spec.md']);
  });

  it('may be a single file of any name', () => {
    const { name, files } = readBundle(write('shop.txt', '# Shop'));
    expect({ name, files }).toEqual({ name: 'shop', files: [{ path: 'shop.txt', text: '# Shop' }] });
  });

  it('loses the byte order mark and keeps the line ends', () => {
    expect(readBundle(write('a.md', '\u{FEFF}# A\r\n')).files[0]?.text).toBe('# A\r\n');
  });

  it('does not read a file twice that a link inside of the root names', () => {
    write('spec.md', '# A');
    symlinkSync('spec.md', join(dir, 'also.md'));
    expect(readBundle(dir).files).toHaveLength(1);
  });
});

describe('what cannot be read', () => {
  it('BUNDLE_NOT_FOUND: a path that is not there', () => {
    expect(failure(join(dir, 'none')).code).toBe('BUNDLE_NOT_FOUND');
    expect(failure(join(write('file.md', 'x'), 'below')).code).toBe('BUNDLE_NOT_FOUND');
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('BUNDLE_UNREADABLE: no permission', () => {
    chmodSync(write('a.md', '# A'), 0);
    expect(failure(dir).code).toBe('BUNDLE_UNREADABLE');
  });

  it.skipIf(process.platform === 'win32')(
    'BUNDLE_UNREADABLE: neither file nor folder, and does not wait for one to write',
    () => {
      execFileSync('mkfifo', [join(dir, 'pipe')]);
      expect(failure(join(dir, 'pipe')).code).toBe('BUNDLE_UNREADABLE');
    },
  );

  it('BUNDLE_EMPTY: no file that could be a specification, or only empty ones', () => {
    expect(failure(dir).code).toBe('BUNDLE_EMPTY');
    const empty = write('empty.md', ' \n\n');
    expect(failure(dir).code).toBe('BUNDLE_EMPTY');
    expect(failure(empty).code).toBe('BUNDLE_EMPTY');
  });

  it('BUNDLE_TOO_LARGE: a file of 100 MB, without reading it', () => {
    const path = write('big.md', '');
    truncateSync(path, 100 * 2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(path).code).toBe('BUNDLE_TOO_LARGE');
    expect(failure(dir).code).toBe('BUNDLE_TOO_LARGE');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it('BUNDLE_TOO_LARGE: many files that are too large together', () => {
    for (let index = 0; index < 5; index++) truncateSync(write(`${index}.md`, ''), 15 * 2 ** 20);
    expect(failure(dir).code).toBe('BUNDLE_TOO_LARGE');
  });

  it('BUNDLE_BINARY: a NUL byte, and says where', () => {
    const { code, details } = failure(write('a.md', Uint8Array.of(35, 32, 0, 10)));
    expect({ code, details }).toMatchObject({ code: 'BUNDLE_BINARY', details: { path: 'a.md', offset: 2 } });
  });

  it.each<[string, number[], number, number]>([
    ['Latin-1', [...Buffer.from('# A\n## B\ncaf'), 0xe9, 10], 12, 3],
    ['a character cut short', [...Buffer.from('# \u{FFFD}\n'), 0xe2, 0x82], 6, 2],
    ['an overlong form', [0xc0, 0xaf], 0, 1],
    ['a surrogate', [...Buffer.from('ab'), 0xed, 0xa0, 0x80], 2, 1],
    ['UTF-16', [0xff, 0xfe, 35, 0], 0, 1],
  ])('BUNDLE_ENCODING: %s, with its byte and line', (_, bytes, offset, line) => {
    const { code, details } = failure(write('a.md', Uint8Array.from(bytes)));
    expect({ code, details }).toEqual({ code: 'BUNDLE_ENCODING', details: { path: 'a.md', offset, line } });
  });

  it.each(['../outside.md', '..', '/'])('BUNDLE_ESCAPE: a link to %s', (target) => {
    write('bundle/spec.md', '# A');
    write('outside.md', '# secret');
    symlinkSync(target, join(dir, 'bundle', 'link.md'));
    expect(failure(join(dir, 'bundle')).code).toBe('BUNDLE_ESCAPE');
  });

  it('BUNDLE_NOT_FOUND: a link to nothing, with its name', () => {
    symlinkSync('nothing.md', join(dir, 'link.md'));
    expect(failure(dir)).toMatchObject({ code: 'BUNDLE_NOT_FOUND', details: { path: 'link.md' } });
  });

  it('gives a hint with every refusal', () => {
    for (const path of [join(dir, 'none'), dir]) expect(failure(path).hint).toBeTruthy();
  });
});

describe('references between files', () => {
  it.each([
    ['a/b.json', 'c.json', 'a/c.json'],
    ['a/b.json', '../c.json', 'c.json'],
    ['a/b.json', './x/../c.json', 'a/c.json'],
    ['a/b.json', '/c.json', 'c.json'],
  ])('%s → %s is %s', (from, reference, target) => {
    expect(resolveInBundle(from, reference)).toBe(target);
  });

  it.each([
    ['b.json', '../c.json'],
    ['a/b.json', '../../c.json'],
    ['a/b.json', 'x/../../../a/c.json'],
    ['b.json', '..\\c.json'],
  ])('%s → %s leaves the bundle', (from, reference) => {
    expect(() => resolveInBundle(from, reference)).toThrow(expect.objectContaining({ code: 'BUNDLE_ESCAPE' }));
  });
});
