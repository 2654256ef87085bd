import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { canonicalJson, type JsonObject } from '../../../../src/base/json.ts';
import { cycloneDx } from '../../../../src/runtime/vault/sbom/cyclonedx.ts';
import type { Inventory } from '../../../../src/runtime/vault/sbom/inventory.ts';
import { sbomStatement } from '../../../../src/runtime/vault/sbom/sbom-statement.ts';
import { spdx } from '../../../../src/runtime/vault/sbom/spdx.ts';
import { LOCK } from './sample-lock.ts';
import { sampleProduct } from './sample-product.ts';

type Files = Record<string, string>;

const inventory = (files: Files): Inventory => sampleProduct(files).inventory;
const spdxOf = (files: Files): JsonObject => {
  const product = sampleProduct(files);
  return spdx(product.inventory, product.read);
};

const MANIFEST = {
  name: 'parcels',
  version: '1.2.3',
  dependencies: { left: '^1.0.0' },
  devDependencies: { '@scope/tool': '2.x' },
};
const locked: Files = { 'package.json': JSON.stringify(MANIFEST), 'package-lock.json': JSON.stringify(LOCK), 'a.js': 'a' };

describe('the inventory of a product', () => {
  it('reads a lock file: each version once, with what it uses, as Node would find it', () => {
    const { packages, direct, name, version } = inventory(locked);
    expect({ name, version, direct }).toEqual({
      name: 'parcels',
      version: '1.2.3',
      direct: ['pkg:npm/%40scope/tool@2.1.0', 'pkg:npm/left@1.0.1', 'pkg:npm/real@5.0.0'],
    });
    const byId = new Map(packages.map((each) => [each.id, each]));
    expect([...byId.keys()]).toEqual([
      'pkg:npm/%40scope/tool@2.1.0',
      'pkg:npm/left@1.0.1',
      'pkg:npm/pad@1.0.0',
      'pkg:npm/pad@2.0.0',
      'pkg:npm/real@5.0.0',
    ]);
    expect(byId.get('pkg:npm/left@1.0.1')).toMatchObject({ license: 'MIT', development: false, uses: ['pkg:npm/pad@1.0.0'] });
    expect(byId.get('pkg:npm/left@1.0.1')?.sha512).toBe('00'.repeat(64));
    // Without who may fetch it.
    expect(byId.get('pkg:npm/left@1.0.1')?.resolved).toBe('https://registry.example/left.tgz');
    expect(byId.get('pkg:npm/%40scope/tool@2.1.0')).toMatchObject({ development: true, uses: ['pkg:npm/pad@2.0.0'] });
  });

  it('says what is asked for where no lock file says what it got', () => {
    const { packages } = inventory({ 'package.json': JSON.stringify(MANIFEST) });
    expect(packages.map(({ id, range, version, development }) => [id, range, version, development])).toEqual([
      ['pkg:npm/%40scope/tool', '2.x', undefined, true],
      ['pkg:npm/left', '^1.0.0', undefined, false],
    ]);
  });

  it.each([
    {},
    { 'package.json': '{' },
    { 'package.json': '[]', 'package-lock.json': '{"packages":7}' },
    { 'package.json': '{"name":7,"dependencies":["x"]}' },
    { 'package.json': '{"dependencies":{"../../x":"1","a b":"1","ok":7}}' },
  ])('takes nothing from %j, and still names the files', (files: Files) => {
    const { packages, files: listed, name } = inventory(files);
    expect({ packages, name }).toEqual({ packages: [], name: 'fallback' });
    expect(listed).toHaveLength(Object.keys(files).length);
  });
});

describe('the documents', () => {
  it('are the same for the same product, and others for another', () => {
    for (const make of [(files: Files) => cycloneDx(inventory(files)), spdxOf]) {
      const text = canonicalJson(make(locked));
      expect(canonicalJson(make({ ...locked }))).toBe(text);
      expect(canonicalJson(make({ ...locked, 'a.js': 'b' }))).not.toBe(text);
    }
    expect(cycloneDx(inventory(locked))['serialNumber']).not.toBe(cycloneDx(inventory({ 'a.js': 'a' }))['serialNumber']);
  });

  it('name nothing that they do not describe', () => {
    const bom = cycloneDx(inventory(locked)) as {
      components: { 'bom-ref': string }[];
      dependencies: { ref: string; dependsOn?: string[] }[];
    };
    const refs = new Set(['product', ...bom.components.map((each) => each['bom-ref'])]);
    expect(refs.size).toBe(bom.components.length + 1);
    for (const { ref, dependsOn = [] } of bom.dependencies) for (const each of [ref, ...dependsOn]) expect(refs).toContain(each);
    const document = spdxOf(locked) as {
      packages: { SPDXID: string }[];
      files: { SPDXID: string }[];
      relationships: { spdxElementId: string; relatedSpdxElement: string }[];
    };
    const ids = new Set(['SPDXRef-DOCUMENT', ...[...document.packages, ...document.files].map(({ SPDXID }) => SPDXID)]);
    expect(ids.size).toBe(document.packages.length + document.files.length + 1);
    for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
      expect(ids).toContain(spdxElementId);
      expect(ids).toContain(relatedSpdxElement);
    }
  });

  it('know each file by its SHA-1 as well where SPDX wants that, and all of them by one (7.9 of its specification)', () => {
    const sha1s = { 'a.js': '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8', 'b.js': 'e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98' };
    const { packages, files } = spdxOf({ 'a.js': 'a', 'b.js': 'b' }) as Record<'packages' | 'files', JsonObject[]>;
    expect(files.map(({ checksums }) => (checksums as JsonObject[])[0])).toEqual(
      Object.values(sha1s).map((checksumValue) => ({ algorithm: 'SHA1', checksumValue })),
    );
    const packageVerificationCodeValue = createHash('sha1').update(Object.values(sha1s).join('')).digest('hex');
    expect(packages[0]).toMatchObject({ filesAnalyzed: true, packageVerificationCode: { packageVerificationCodeValue } });
    expect(spdxOf({})['packages']).toMatchObject([{ filesAnalyzed: false }]);
  });

  it('are signed as a whole, or by digest where they are large', () => {
    const { files } = inventory(locked);
    const small: JsonObject = { bomFormat: 'CycloneDX' };
    expect(sbomStatement(files, small)).toMatchObject({ predicateType: 'https://cyclonedx.org/bom', predicate: small });
    const large: JsonObject = { text: 'x'.repeat(2 ** 20) };
    const { predicateType, predicate } = sbomStatement(files, large);
    expect(predicateType).toBe('https://in-toto.io/attestation/reference/v0.1');
    expect(predicate).toMatchObject({ references: [{ digest: { sha256: sha256(canonicalJson(large)).slice(7) } }] });
  });
});
