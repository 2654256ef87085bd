import { expect, it } from 'vitest';

import { keptSigner } from '../../../../src/runtime/app/evidence/signed-list.ts';
import { exportManifest } from '../../../../src/runtime/vault/export-manifest.ts';
import { openWorkspace } from '../../vault/sample-mission.ts';

it('signs a list with what was signed for it, and any other anew', async () => {
  using workspace = await openWorkspace();
  const { signer } = workspace;
  const listOf = (hex: string) =>
    exportManifest({ mission: 'm', head: `sha256:${'a'.repeat(64)}`, files: new Map([['tree.json', hex.repeat(64)]]) });
  const bundle = await signer.sign(listOf('b'));
  let opened = 0;
  const kept = keptSigner({ size: 1, bundle }, async () => {
    opened++;
    return signer;
  });
  expect(await kept.sign(listOf('b'))).toBe(bundle);
  expect(opened).toBe(0);
  expect(await kept.sign(listOf('c'))).not.toEqual(bundle);
  expect(opened).toBe(1);
});
