import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Digest, sha256 } from '../../../src/base/digest.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Entry, EntryDraft } from '../../../src/runtime/log/entry.ts';
import { decodeLeaf, encodeLeaf } from '../../../src/runtime/log/leaf.ts';
import type { Tree } from '../../../src/runtime/vault/artifact.ts';
import { artifactEvidence, artifactIdOf, validationReport } from '../../../src/runtime/vault/evidence.ts';
import { decideGate } from '../../../src/runtime/vault/gate.ts';
import {
  artifactRecorded,
  gateDecided,
  missionFinished,
  readArtifact,
  readFinish,
  readGate,
  readStatement,
  readValidation,
  sealOf,
  statementRecorded,
  validationRecorded,
} from '../../../src/runtime/vault/records.ts';
import { parseTreeListing, treeListing } from '../../../src/runtime/vault/tree-listing.ts';
import { treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { MISSION } from './sample-mission.ts';

const PLACE = { mission: MISSION, task: 'T1' };
const ARTIFACT = { path: 'src/a.ts', digest: sha256('a'), size: 1, type: 'code' } as const;
const TREE: Tree = [ARTIFACT];
const AT = '2026-01-02T03:04:05.678Z';

const DRAFTS: [string, EntryDraft, (entry: Entry) => unknown][] = [
  [
    'artifact',
    artifactRecorded(PLACE, { path: 'src/a.ts', size: 1, evidence: artifactEvidence(MISSION, ARTIFACT, 'qa/jest') }),
    readArtifact,
  ],
  [
    'statement',
    statementRecorded(PLACE, { name: 'T1.tests', predicateType: 'https://example.com', bundle: sha256('b'), subjects: 1 }),
    readStatement,
  ],
  [
    'validation',
    validationRecorded(
      PLACE,
      validationReport({
        artifactId: artifactIdOf(MISSION, ARTIFACT),
        suite: 'jest',
        result: 'pass',
        coverage: 1,
        generatedAt: AT,
      }),
    ),
    readValidation,
  ],
  ['gate', gateDecided(PLACE, { result: 'fail', reasons: ['no'] }, TREE), readGate],
  ['end', missionFinished(MISSION, { state: 'succeeded', tree: TREE, statements: [sha256('b')] }), readFinish],
];

/** As it comes back from the log. */
const logged = (draft: EntryDraft): Entry => decodeLeaf(7, encodeLeaf(draft, AT).body);

/** Every copy of `value` that lacks one member, at any depth, or has null in its place. */
function* damaged(value: JsonObject): Generator<JsonObject> {
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _, ...rest } = value;
    yield rest;
    yield { ...value, [name]: null };
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) {
      for (const inner of damaged(member as JsonObject)) yield { ...value, [name]: inner };
    }
  }
}

describe('records', () => {
  it.each(DRAFTS)('%s: what is written is what is read', (_, draft, read) => {
    expect(read(logged(draft))).toEqual(draft.data);
  });

  it.each(DRAFTS)('%s: nothing may be missing', (_, draft, read) => {
    const entry = logged(draft);
    const accepted = [...damaged(entry.data)].filter((data) => read({ ...entry, data }) !== undefined);
    expect(accepted).toEqual([]);
  });

  it('evidence of another mission, path or content is none', () => {
    const entry = logged(
      artifactRecorded(PLACE, { path: 'src/a.ts', size: 1, evidence: artifactEvidence(MISSION, ARTIFACT, 'x') }),
    );
    expect(readArtifact({ ...entry, mission: '0198a000-0000-7000-8000-000000000002' })).toBeUndefined();
    expect(readArtifact({ ...entry, data: { ...entry.data, path: 'src/b.ts' } })).toBeUndefined();
  });

  it('the same record has the same deduplication key, another one another', () => {
    const draft = (task: string) =>
      statementRecorded({ mission: MISSION, task }, { name: 'a', predicateType: 'b', bundle: sha256('b'), subjects: 1 });
    expect(draft('T1').dedup).toBe(draft('T1').dedup);
    expect(draft('T1').dedup).not.toBe(draft('T2').dedup);
  });

  it('the seal does not depend on order, and on everything else', () => {
    const digests = fc.array(
      fc.string().map((text): Digest => sha256(text)),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(digests, (bundles) => {
        expect(sealOf(bundles.toReversed())).toEqual(sealOf(bundles));
        expect(sealOf(bundles.slice(1))).not.toEqual(sealOf(bundles));
        expect(sealOf([...bundles.slice(1), sha256('another one')])).not.toEqual(sealOf(bundles));
      }),
    );
  });

  it('a denial with many reasons fits into an entry', () => {
    const tree = Array.from({ length: 9000 }, (_, i) => ({ ...ARTIFACT, path: `src/${'状'.repeat(80)}/${i}.ts` }));
    expect(() => logged(gateDecided(PLACE, decideGate({ tree, statements: [] }), tree))).not.toThrow();
  });
});

describe('tree listing', () => {
  it('is found by the digest of the tree, and leads back to it', () => {
    expect(sha256(treeListing(TREE))).toBe(treeDigest(TREE));
    expect(parseTreeListing(treeListing(TREE))).toEqual([{ path: 'src/a.ts', digest: sha256('a'), type: 'code' }]);
    expect(parseTreeListing(treeListing([]))).toEqual([]);
  });

  it.each<[string, Tree]>([
    ['a path that leads out', [{ ...ARTIFACT, path: '../a' }]],
    ['a path twice', [ARTIFACT, ARTIFACT]],
    ['files out of order', [ARTIFACT, { ...ARTIFACT, path: 'README.md' }]],
  ])('refuses %s', (_, tree) => {
    expect(() => parseTreeListing(treeListing(tree))).toThrow(SyntaxError);
  });
});
