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

it('never calls a statement verified that a certificate signs, were it taken for one that a key signs', async () => {
  using sample = await SampleProof.open();
  const paths = [...sample.files.keys()].filter((path) => path.startsWith('evidence/') && path.endsWith('.sigstore.json'));
  const [path = ''] = paths;
  const bundle = JSON.parse(sample.text(path)) as Record<string, unknown>;
  const certified = { ...bundle, verificationMaterial: { certificate: { rawBytes: 'AA==' }, tlogEntries: [] } };
  const verdict = await sample.verify({ files: { [path]: bytesOf(JSON.stringify(certified)) } });
  expect(verdict.holds).toBe(false);
  expect(verdict.statements.filter(({ fault }) => fault === null)).toHaveLength(paths.length - 1);
});
