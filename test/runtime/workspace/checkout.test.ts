import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { Artifact } from '../../../src/runtime/vault/artifact.ts';
import { checkout } from '../../../src/runtime/workspace/checkout.ts';
import { productPathFault, productPathsFault } from '../../../src/runtime/workspace/product-path.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const contents = new Map<string, Uint8Array>();
const read = (digest: string) => contents.get(digest) ?? new Uint8Array();

function artifact(path: string, content: Uint8Array = Buffer.from(path)): Artifact {
  const digest = sha256(content);
  contents.set(digest, content);
  return { path, digest, size: content.length, type: 'code' };
}

describe('checkout', () => {
  it('writes every file with exactly its content', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    checkout([artifact('a.bin', bytes), artifact('empty', new Uint8Array()), artifact('src/deep/é.ts')], join(root, 'new'), read);
    expect(new Uint8Array(readFileSync(join(root, 'new/a.bin')))).toEqual(bytes);
    expect(readFileSync(join(root, 'new/empty')).length).toBe(0);
    expect(readFileSync(join(root, 'new/src/deep/é.ts'), 'utf8')).toBe('src/deep/é.ts');
    expect(readdirSync(join(root, 'new'), { recursive: true }).length).toBe(5);
  });

  it.each(['../out', '/etc/passwd', 'a/../../out', 'C:/x', 'a\\..\\b', '.git/hooks/pre-commit', 'node_modules/jest/index.js'])(
    'refuses %s before it writes anything',
    (path) => {
      const folder = join(root, 'new');
      const tree = [artifact('a.ts'), artifact(path)];
      expect(() => checkout(tree, folder, read)).toThrow(expect.objectContaining({ code: 'ARTIFACT_PATH' }));
      expect(existsSync(folder)).toBe(false);
    },
  );

  it('refuses content that is not what its digest says', () => {
    const forged = { ...artifact('a.ts'), digest: artifact('b.ts').digest };
    contents.set(forged.digest, Buffer.from('other'));
    expect(() => checkout([forged], join(root, 'new'), read)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('refuses a folder that holds something, a link out of it for one', () => {
    writeFileSync(join(root, 'victim'), 'untouched');
    const folder = mkdtempSync(join(root, 'used-'));
    symlinkSync(join(root, 'victim'), join(folder, 'a.ts'));
    expect(() => checkout([artifact('a.ts')], folder, read)).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNWRITABLE' }));
    expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('untouched');
  });
});

describe('product paths', () => {
  it.each(['', '.', './a', 'a//b', 'a/', 'nul', 'src/CON.ts', 'a?', 'a\nb', 'a ', 'a./b', 'x/.GIT/config'])(
    'cannot be %j',
    (path) => {
      expect(productPathFault(path)).toBeDefined();
    },
  );

  it.each(['a', 'src/index.ts', '.gitignore', 'a b/c.d-e_f', '状态/x.ts', 'console.ts', 'test/__snapshots__/a.snap'])(
    'can be %j',
    (path) => {
      expect(productPathFault(path)).toBeUndefined();
    },
  );

  it.each([
    [['src/a.ts', 'src/A.ts']],
    [['Src/a.ts', 'src/b.ts']],
    [['a', 'a/b']],
    [['a/b', 'a']],
    [['caf\u00e9', 'cafe\u0301']],
    [['a', 'a']],
  ])('%j cannot stand beside each other', (paths) => {
    expect(productPathsFault(paths)).toMatch(/collides/);
  });

  it('that are accepted stay below any folder', () => {
    const segment = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'C:', '\\..'), fc.string());
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const path = segments.join('/');
        fc.pre(productPathFault(path) === undefined);
        expect(join('/root', path).startsWith('/root/')).toBe(true);
      }),
    );
  });
});
