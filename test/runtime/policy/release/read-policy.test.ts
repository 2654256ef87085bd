import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readPolicy } from '../../../../src/runtime/policy/release/read-policy.ts';
import { parsePolicy } from '../../../../src/runtime/policy/release/release-policy.ts';
import { storedGzip } from '../../../../src/runtime/policy/release/stored-gzip.ts';
import { policyOf } from './policy-bundle.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'policy-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const REGO = 'package agentnexus.release\nallow := true\n';
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'RELEASE_POLICY_INVALID', message: expect.stringMatching(message) });

describe('reading a release policy', () => {
  it('packs a folder as the same bundle, however often, and leaves alone what is no policy', () => {
    mkdirSync(join(dir, 'lists'));
    mkdirSync(join(dir, '.git'));
    writeFileSync(join(dir, 'release.rego'), REGO);
    writeFileSync(join(dir, 'lists', 'data.yaml'), 'names: [a, b]\n');
    const before = readPolicy(dir);
    writeFileSync(join(dir, 'README.md'), 'words');
    writeFileSync(join(dir, '.git', 'x.rego'), 'no rego');
    symlinkSync('/etc/passwd', join(dir, 'link.rego'));
    expect(readPolicy(dir).digest).toBe(before.digest);
    expect(before).toMatchObject({ modules: { 'release.rego': REGO }, data: { lists: { names: ['a', 'b'] } }, regoVersion: 1 });
  });

  it('takes a file, and a bundle with the names that opa gives to files', () => {
    writeFileSync(join(dir, 'one.rego'), REGO);
    expect(readPolicy(join(dir, 'one.rego')).modules).toEqual({ 'one.rego': REGO });
    mkdirSync(join(dir, 'a'));
    writeFileSync(join(dir, 'a', 'two.rego'), REGO);
    execFileSync('tar', ['--create', '--gzip', '--absolute-names', '--transform', 's#^./#/#', '--file', 'b.tar.gz', './a'], {
      cwd: dir,
    });
    expect(readPolicy(join(dir, 'b.tar.gz')).modules).toEqual({ 'a/two.rego': REGO });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['nothing', () => readPolicy(join(dir, 'missing')), /cannot be read/],
    ['a folder without Rego', () => readPolicy(dir), /no Rego/],
    ['what is no archive', () => parsePolicy(Buffer.from('x')), /no \.tar\.gz/],
    ['an archive that unpacks to too much', () => parsePolicy(gzipSync(Buffer.alloc(70 * 2 ** 20))), /too large/],
    ['a file that leads out', () => policyOf({ '../x.rego': REGO }), /no name of a file/],
    ['two files of one name', () => policyOf({ 'x.rego': REGO, './x.rego': REGO }), /two files/],
    [
      'data that is said twice',
      () => policyOf({ 'a.rego': REGO, 'data.json': '{"a":1}', 'a/data.json': '{}' }),
      /Two data files/,
    ],
    ['data that is no object', () => policyOf({ 'a.rego': REGO, 'data.json': '[]' }), /no object/],
    ['bytes that are no text', () => policyOf({ 'a.rego': Buffer.from([0xff]) }), /no UTF-8/],
    [
      'a version of Rego that is not there',
      () => policyOf({ 'a.rego': REGO, '.manifest': '{"rego_version": 7}' }),
      /version of Rego/,
    ],
  ])('refuses %s', (_, read, message) => {
    expect(read).toThrow(invalid(message));
  });

  it.each([0, 1, 65_535, 65_536, 200_000])('makes gzip of %d bytes that others unpack', (size) => {
    const bytes = Buffer.alloc(size, 'abc');
    expect(gunzipSync(storedGzip(bytes)).equals(bytes)).toBe(true);
  });
});
