import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { gitAddress, gitUri, shownBundle } from '../../../src/runtime/workspace/git-address.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'address-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

describe('addresses', () => {
  it.each<[string, string, string | undefined, string]>([
    ['https://example.com/a/b.git#specs/x', 'https://example.com/a/b.git', undefined, 'specs/x'],
    ['https://example.com/a/b', 'https://example.com/a/b', undefined, ''],
    ['https://example.com/a/b@v1#x', 'https://example.com/a/b', 'v1', 'x'],
    ['https://example.com/a/b.git@feature/x#/y/', 'https://example.com/a/b.git', 'feature/x', 'y'],
    ['git+https://example.com/a.git@v1.2.0', 'https://example.com/a.git', 'v1.2.0', ''],
    ['git+ssh://git@example.com/a/b.git', 'ssh://git@example.com/a/b.git', undefined, ''],
    ['git@example.com:a/b.git@main#specs', 'git@example.com:a/b.git', 'main', 'specs'],
    ['git@example.com:a/b', 'git@example.com:a/b', undefined, ''],
    ['file:///srv/a.git', 'file:///srv/a.git', undefined, ''],
    ['file:///srv/my@a.git', 'file:///srv/my@a.git', undefined, ''],
    ['https://me:pw@example.com/a/b', 'https://me:pw@example.com/a/b', undefined, ''],
  ])('%s', (text, repository, ref, path) => {
    expect(gitAddress(text, cwd)).toMatchObject({ repository, ref, path });
  });

  it('are no paths of this machine, but for repositories without a work tree', () => {
    writeFileSync(join(cwd, 'spec@2#draft.md'), 'x');
    mkdirSync(join(cwd, 'plain.git'));
    for (const path of ['spec@2#draft.md', 'plain.git', 'C:\\specs', 'nowhere', 'specs/a:b.md'])
      expect(gitAddress(path, cwd), path).toBeUndefined();
    for (const name of ['HEAD', 'objects', 'refs']) mkdirSync(join(cwd, 'bare.git', name), { recursive: true });
    expect(gitAddress('bare.git@v1#specs', cwd)).toEqual({
      repository: join(cwd, 'bare.git'),
      shown: join(cwd, 'bare.git'),
      ref: 'v1',
      path: 'specs',
    });
  });

  it.each(['ext://x', 'ftp://example.com/a.git', 'git://example.com/a.git'])('%s is refused', (text) => {
    expect(() => gitAddress(text, cwd)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('are never programs to run', () => {
    expect(gitAddress('ext::sh -c touch', cwd)).toBeUndefined();
  });

  it.each(['https://example.com/a.git@--upload-pack=x', 'https://example.com/a.git@a b'])('%s names no ref', (text) => {
    expect(() => gitAddress(text, cwd)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('do not leave the repository', () => {
    expect(() => gitAddress('https://example.com/a.git#../b', cwd)).toThrow(expect.objectContaining({ code: 'BUNDLE_ESCAPE' }));
  });

  it('are no archives on other machines', () => {
    expect(gitAddress('https://example.com/a.tar.gz?x#sha256=0', cwd)).toBeUndefined();
    expect(gitAddress('ssh://example.com/a.tar.gz', cwd)).toBeDefined();
  });
});

describe('what is shown', () => {
  it.each([
    ['https://me:pw@example.com/a.git?token=pw#specs', 'https://example.com/a.git#specs'],
    ['https://pw@example.com/a.git', 'https://example.com/a.git'],
    ['ssh://git:pw@example.com/a.git', 'ssh://git@example.com/a.git'],
    ['specs/a#b', 'specs/a#b'],
  ])('of %s has no password', (text, shown) => {
    expect(shownBundle(text)).toBe(shown);
  });

  it.each([
    ['https://me:pw@example.com/a.git#my specs', 'git+https://example.com/a.git@abc#my%20specs'],
    ['git@example.com:a/b.git', 'git+ssh://git@example.com/a/b.git@abc'],
    ['file:///srv/my%20a.git', 'git+file:///srv/my%20a.git@abc'],
  ])('%s at a commit is a URI', (text, uri) => {
    const address = gitAddress(text, cwd);
    expect(address && gitUri(address, 'abc')).toBe(uri);
    expect(URL.canParse(uri)).toBe(true);
  });
});
