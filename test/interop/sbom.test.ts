import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { cycloneDx } from '../../src/runtime/vault/sbom/cyclonedx.ts';
import { spdx } from '../../src/runtime/vault/sbom/spdx.ts';
import { runSyft } from '../../src/runtime/workspace/syft.ts';
import { LOCK } from '../runtime/vault/sbom/sample-lock.ts';
import { sampleProduct } from '../runtime/vault/sbom/sample-product.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

const FILES = {
  'package.json': JSON.stringify({ name: 'parcels', version: '1.2.3' }),
  'package-lock.json': JSON.stringify(LOCK),
  'src/a.js': 'a',
  'docs/größe 1.md': 'b',
};
const product = sampleProduct(FILES);
const DOCUMENTS = { cyclonedx: cycloneDx(product.inventory), spdx: spdx(product.inventory, product.read) };
const PACKAGES = product.inventory.packages.map(({ id }) => id);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sbom-'));
  for (const [name, document] of Object.entries(DOCUMENTS)) writeFileSync(join(dir, `${name}.json`), JSON.stringify(document));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Exit code, and all that was said. */
async function tried(path: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  const env = { HOME: dir, PATH: process.env['PATH'] ?? '', SYFT_CHECK_FOR_APP_UPDATE: 'false' };
  return runTool(path, args, { cwd: dir, env, timeout: 60_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: error.stdout + error.stderr }),
  );
}

const urlsIn = (text: string): string[] => [...new Set(text.match(/pkg:npm\/[^"?]+/g))].toSorted();

describe('syft', () => {
  let syft: Peer;
  beforeAll(async () => void (syft = await findPeer('syft')), PEER_TIMEOUT);

  it.for(['cyclonedx', 'spdx'] as const)('converts %s to any other format, and loses no package', async (name, context) => {
    const path = needPeer(context, syft);
    for (const format of ['cyclonedx-json', 'spdx-json', 'syft-json']) {
      const { code, said } = await tried(path, ['convert', `${name}.json`, '--quiet', '--output', format]);
      expect({ code, urls: new Set(urlsIn(said)) }, format).toEqual({ code: 0, urls: new Set(PACKAGES) });
    }
  });

  it.for(['cyclonedx', 'spdx'] as const)(
    'is what `--syft` runs, and names the packages that we name (%s)',
    async (format, context) => {
      const path = dirname(needPeer(context, syft));
      const folder = mkdtempSync(join(dir, 'product-'));
      for (const [name, content] of Object.entries(FILES)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      const found = await runSyft(folder, { format, home: dir, path: `${path}${delimiter}${process.env['PATH'] ?? ''}` });
      // What only development takes it leaves out.
      const ours = product.inventory.packages.filter(({ development }) => !development).map(({ id }) => id);
      expect(urlsIn(found)).toEqual(expect.arrayContaining(ours));
    },
  );
});

describe('the validators of those who wrote the formats', () => {
  let cyclonedx: Peer;
  let spdxTools: Peer;
  beforeAll(async () => {
    cyclonedx = await findPeer('cyclonedx-python-lib');
    spdxTools = await findPeer('pyspdxtools');
  }, PEER_TIMEOUT);

  const STRICTLY = `import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(None if fault is None else str(fault)[:200])`;

  it("CycloneDX's accepts our document, and not one with a word of ours", async (context) => {
    const python = needPeer(context, cyclonedx);
    const check = (file: string) => tried(python, ['-c', STRICTLY, file]);
    expect(await check('cyclonedx.json')).toEqual({ code: 0, said: '' });
    writeFileSync(join(dir, 'wrong.cdx.json'), JSON.stringify({ ...DOCUMENTS.cyclonedx, mood: 'good' }));
    expect(await check('wrong.cdx.json')).toMatchObject({ code: 1, said: expect.stringContaining('mood') });
  });

  it("SPDX's accepts our document, and not one that lacks a checksum", async (context) => {
    const path = needPeer(context, spdxTools);
    const check = (file: string) => tried(path, ['--infile', file]);
    expect(await check('spdx.json')).toMatchObject({ code: 0 });
    const files = (DOCUMENTS.spdx['files'] as JsonObject[]).map((file) => ({
      ...file,
      checksums: (file['checksums'] as JsonObject[]).slice(1),
    }));
    writeFileSync(join(dir, 'wrong.spdx.json'), JSON.stringify({ ...DOCUMENTS.spdx, files }));
    expect(await check('wrong.spdx.json')).toMatchObject({ code: 1, said: expect.stringContaining('SHA1') });
  });
});
