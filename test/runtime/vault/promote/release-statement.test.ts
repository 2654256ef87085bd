import { rmSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hexOf, sha256 } from '../../../../src/base/digest.ts';
import {
  genericPurl,
  githubPurl,
  RELEASE,
  RELEASE_SIGNED,
  releaseSeal,
  releaseStatement,
} from '../../../../src/runtime/vault/promote/release-statement.ts';
import { fsck } from '../../../../src/runtime/log/fsck.ts';
import { verifyWorkspace } from '../../../../src/runtime/vault/verify-workspace.ts';
import { openBundleVerifier } from '../../../../src/runtime/vault/verify-bundle.ts';
import { MISSION, openWorkspace, runMission, type Workspace } from '../sample-mission.ts';
import { Killed } from './sample-release.ts';

const ASSETS = new Map([
  ['product.tar.gz', Buffer.from('product')],
  ['SHA256SUMS', Buffer.from('sums')],
]);

describe('a package URL', () => {
  it.each([
    [{ owner: 'Ann', repo: 'Parcels', tag: 'v1.0.0', host: 'github.com' }, 'pkg:github/ann/parcels@v1.0.0'],
    [
      { owner: 'ann', repo: 'a.b', tag: 'v1+x', host: 'git.example.com' },
      'pkg:github/ann/a.b@v1%2Bx?repository_url=git.example.com',
    ],
  ])('names a release of GitHub: %j', (release, purl) => expect(githubPurl(release)).toBe(purl));

  it('names what is in no registry by its specification and its mission', () => {
    const specification = { id: 'a b/c', title: 'A' };
    expect(genericPurl({ specification, mission: MISSION })).toBe(`pkg:generic/a%20b%2Fc@${MISSION}`);
  });
});

describe('the statement of a release', () => {
  let workspace: Workspace;
  beforeEach(async () => void (workspace = await openWorkspace()));
  afterEach(() => workspace[Symbol.dispose]());

  const wanted = releaseStatement('pkg:generic/x@1', { assets: ASSETS });
  const sealWith = (parts: Partial<Parameters<typeof releaseSeal>[0]> = {}) => {
    const { log, store, signer } = workspace;
    return releaseSeal({ log, store, signer: async () => signer, mission: MISSION, promotion: 'p', ...parts });
  };
  const signed = () => [...workspace.log.entries({ kinds: [RELEASE_SIGNED] })];

  it('is in-toto release v0.2 about every asset, and verifies', async () => {
    const seal = sealWith();
    const bundle = await seal.sign(wanted);
    const check = (await openBundleVerifier([workspace.signingKey.publicKey])).verify(seal.read(bundle));
    expect(check).toMatchObject({
      valid: true,
      verified: {
        statement: {
          predicateType: RELEASE,
          predicate: { purl: 'pkg:generic/x@1' },
          subject: [...ASSETS].map(([name, bytes]) => ({ name, digest: { sha256: hexOf(sha256(bytes)) } })),
        },
      },
    });
    expect(signed()).toMatchObject([{ data: { mission: MISSION, promotion: 'p', predicateType: RELEASE, bundle, subjects: 2 } }]);
    expect(signed()[0]).not.toHaveProperty('mission');
  });

  it('is on record once: for who comes again, for who was killed before, and for two at once', async () => {
    const { log } = workspace;
    const append = () => Promise.reject(new Killed());
    const dying = { append, entry: (seq: number) => log.entry(seq), entryWithKey: (key: string) => log.entryWithKey(key) };
    await expect(sealWith({ log: dying }).sign(wanted)).rejects.toThrow(Killed);
    expect(signed()).toEqual([]);
    const [one, other] = await Promise.all([sealWith().sign(wanted), sealWith().sign(wanted)]);
    const noSigner = () => Promise.reject(new Error('nobody is asked to sign again'));
    expect([other, await sealWith({ signer: noSigner }).sign(wanted)]).toEqual([one, one]);
    expect(signed()).toHaveLength(1);
    expect(await sealWith({ promotion: 'another' }).sign(wanted)).not.toBe(one);
  });

  it('is verified with the workspace, and missed where its bytes are gone', async () => {
    await runMission(workspace);
    const bundle = await sealWith().sign(wanted);
    const { dir, log, store, signingKey, logKey } = workspace;
    const verify = () =>
      verifyWorkspace({ log, store, logKey, signingKeys: [signingKey.publicKey], fsck: fsck(dir, { verifier: logKey }) });
    expect(await verify()).toMatchObject({ result: 'verified', checked: { statements: 4 } });
    rmSync(store.pathOf(bundle));
    const failure = { subject: `${MISSION}/release.sigstore.json`, code: 'VERIFY_STATEMENT_MISSING' };
    expect(await verify()).toMatchObject({ failures: [failure] });
  });
});
