import { type Digest, isDigest, sha256 } from '../../../base/digest.ts';
import type { Entry } from '../../log/entry.ts';
import type { ContentStore } from '../content-store.ts';
import { sealStatement } from '../seal-statement.ts';
import type { StatementSigner } from '../sign-statement.ts';
import { type Statement, statement, subjectOf } from '../statement.ts';
import type { PromotionStep, Release, ReleaseSeal, StepResults } from './promotion.ts';
import type { PromotionLog } from './run-promotion.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/predicates/release.md */
export const RELEASE = 'https://in-toto.io/attestation/release/v0.2';

/** An asset beside those that it names. */
export const RELEASE_FILE = 'release.sigstore.json';

/** Mission and promotion stand in `data`, as in all entries of a promotion. */
export const RELEASE_SIGNED = 'promotion.signed';

/** That this release, by its package URL, is these files. */
export function releaseStatement(purl: string, { assets }: Pick<Release, 'assets'>): Statement {
  const subjects = [...assets].map(([name, bytes]) => subjectOf({ path: name, digest: sha256(bytes) }));
  return statement(RELEASE, subjects, { purl });
}

/** Name of a release of a repository, https://github.com/package-url/purl-spec: owner and name are in lower case, and other servers than github.com are named. */
export function githubPurl({ owner, repo, tag, host }: { owner: string; repo: string; tag: string; host: string }): string {
  const place = [owner, repo].map((part) => encodeURIComponent(part.toLowerCase())).join('/');
  const server = host === 'github.com' ? '' : `?repository_url=${encodeURIComponent(host)}`;
  return `pkg:github/${place}@${encodeURIComponent(tag)}${server}`;
}

/** Name of what lies in a bucket or folder, which are no registry of packages: the specification, in the version that this mission has made. */
export function genericPurl({ specification, mission }: Pick<Release, 'specification' | 'mission'>): string {
  return `pkg:generic/${encodeURIComponent(specification.id)}@${mission}`;
}

export function signStep(release: Release, purl: string, seal: ReleaseSeal): PromotionStep {
  return {
    name: 'sign',
    what: `sign that ${purl} is these ${release.assets.size} files, as ${RELEASE_FILE}`,
    act: async () => ({ purl, bundle: await seal.sign(releaseStatement(purl, release)) }),
  };
}

/** What that step has signed. */
export function signedRelease(results: StepResults, seal: ReleaseSeal): Uint8Array {
  const bundle = results.get('sign')?.['bundle'];
  if (!isDigest(bundle)) throw new TypeError('the release is not signed yet');
  return seal.read(bundle);
}

export interface SealParts {
  log: PromotionLog;
  store: ContentStore;
  /** Asked once there is something to sign. */
  signer: () => Promise<StatementSigner>;
  mission: string;
  promotion: string;
}

/** The seal of a promotion: two runs of it, of which one was cut off when it had signed, have one statement on record. */
export function releaseSeal({ log, store, signer, mission, promotion }: SealParts): ReleaseSeal {
  const dedup = `${RELEASE_SIGNED} ${promotion}`;
  return {
    async sign(wanted) {
      const before = log.entryWithKey(dedup);
      if (before !== undefined) return bundleIn(before);
      const record = await sealStatement('release', wanted, { store, signer: await signer() });
      const [seq] = await log.append([{ kind: RELEASE_SIGNED, data: { promotion, mission, ...record }, dedup }]);
      return seq === undefined ? record.bundle : bundleIn(log.entry(seq));
    },
    read: (bundle) => store.get(bundle),
  };
}

function bundleIn({ data: { bundle } }: Entry): Digest {
  if (!isDigest(bundle)) throw new TypeError('a release is on record without its statement');
  return bundle;
}
