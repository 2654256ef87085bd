import { expect, it } from 'vitest';

import { bytesOf } from '../../src/board/proof/bytes.ts';
import { isKeyless } from '../../src/board/proof/verify-proof.ts';
import { SampleProof } from './sample-proof.ts';

it('tells proofs that certificates sign from those that keys sign', async () => {
  using sample = await SampleProof.open();
  expect(isKeyless(sample.files)).toBe(false);
  const bundle = '{"mediaType":"x","verificationMaterial":{"certificate":{"rawBytes":"AA=="},"tlogEntries":[]}}';
  expect(isKeyless(new Map([...sample.files, ['evidence/one.sigstore.json', bytesOf(bundle)]]))).toBe(true);
});
