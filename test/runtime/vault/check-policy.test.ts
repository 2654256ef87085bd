import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { checkPolicy } from '../../../src/runtime/vault/check-policy.ts';
import { contentUri } from '../../../src/runtime/vault/evidence.ts';
import { Failures } from '../../../src/runtime/vault/failure.ts';
import type { NamedStatement } from '../../../src/runtime/vault/gate.ts';
import type { MissionMaterial } from '../../../src/runtime/vault/mission-material.ts';
import { PROVENANCE } from '../../../src/runtime/vault/provenance.ts';
import { type PolicyRecord, releaseInput } from '../../../src/runtime/vault/release-input.ts';
import { type Statement, statement, subjectOf } from '../../../src/runtime/vault/statement.ts';
import type { TreeEntry } from '../../../src/runtime/vault/tree-listing.ts';
import { noneChecked } from '../../../src/runtime/vault/verification.ts';
import { verificationSummary } from '../../../src/runtime/vault/verification-summary.ts';
import { policyOf } from '../policy/release/policy-bundle.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const tree: TreeEntry[] = [{ path: 'a.js', digest: sha256('a'), type: 'code' }];
const head = treeDigest(tree);

/** It looks at a statement, so that what it is asked about matters. */
const POLICY = policyOf({
  'release.rego': `package agentnexus.release
allow if some each in input.statements
deny contains "not on this day" if startswith(input.time, "2027")`,
});
const NEVER = policyOf({ 'release.rego': 'package agentnexus.release\nallow := false' });

const named = (name: string, made: Statement): NamedStatement => ({
  name,
  verified: { statement: made, bundle: sha256(name), signer: sha256('key') },
});
const origin = named('t1.provenance', statement(PROVENANCE, tree.map(subjectOf), {}));

interface Variation {
  policy?: typeof POLICY;
  /** The bundle that is there. */
  bundle?: Uint8Array | undefined;
  record?: Partial<PolicyRecord>;
  /** A server has the policy, and nobody else. */
  onServer?: boolean;
  /** The policy that the summary names. */
  summarised?: typeof POLICY;
}

async function check({ policy = POLICY, record = {}, summarised = policy, ...there }: Variation) {
  const failures = new Failures();
  const input = releaseInput({ mission: 'm', time: TIME, tree, base: undefined, statements: [origin] });
  const made = verificationSummary({
    mission: 'm',
    tree: tree.map((file) => ({ ...file, size: 1 })),
    result: 'pass',
    timeVerified: TIME,
    policy: { uri: contentUri(summarised.digest), digest: summarised.digest },
    inputs: new Map([[origin.name, origin.verified.bundle]]),
    verifierVersion: '1',
  });
  const asked: PolicyRecord = {
    ...(there.onServer !== true && { digest: policy.digest }),
    source: 'policy',
    engine: { name: 'embedded', version: '1' },
    input: sha256(input),
    time: TIME,
    result: 'pass',
    ...record,
  };
  const entry = { seq: 1, kind: 'gate.decided', at: TIME, mission: 'm', task: 'gate', data: {} };
  const material: MissionMaterial = {
    mission: 'm',
    subject: 'log',
    entries: [],
    steps: () => [],
    finished: true,
    entrySubject: () => 'log',
    bundle: () => ({ subject: 'bundle', content: undefined }),
    statementSubject: (name) => name,
    listing: () => ({ subject: 'tree.json', content: undefined }),
    artifact: () => ({ subject: 'artifact', content: undefined }),
    base: () => ({ subject: 'base', content: undefined }),
    policy: () => ({ subject: 'policy.tar.gz', content: 'bundle' in there ? there.bundle : policy.bundle }),
    blobId: () => undefined,
  };
  const statements = [origin, named('gate.summary', made)];
  const recorded = statements.map(({ name, verified }) => ({
    entry,
    fileName: name,
    record: { name, predicateType: verified.statement.predicateType, bundle: verified.bundle, subjects: 1 },
  }));
  const finish = { entry, record: { state: 'succeeded' as const, head, statements: { count: 2, digest: sha256('') } } };
  const gate = { entry, record: { result: 'pass' as const, reasons: [], head, policy: asked } };
  const records = { artifacts: new Map(), removed: new Set<string>(), statements: recorded, gate, finish };
  const outcome = await checkPolicy({ material, records, failures, checked: noneChecked() }, statements, {
    tree,
    base: undefined,
  });
  return {
    replayed: outcome?.replayed,
    failures: failures.list.map(({ subject, code, message }) => `${subject} ${code} ${message}`),
  };
}

describe('a release policy that a gate asked', () => {
  it('is asked again about the same, and says the same', async () => {
    expect(await check({})).toEqual({ replayed: true, failures: [] });
  });

  it.each<[string, Variation, RegExp]>([
    [
      'would have denied',
      { policy: NEVER },
      /^log VERIFY_POLICY the release policy is recorded with pass; asked again it says fail: /,
    ],
    [
      'was asked at another time',
      { record: { time: '2027-01-01T00:00:00.000Z' } },
      /^log VERIFY_POLICY [^;]* asked about something else/,
    ],
    ['was asked about something else', { record: { input: sha256('x') } }, /^log VERIFY_POLICY [^;]* asked about something else/],
    ['is not there', { bundle: undefined }, /^policy\.tar\.gz VERIFY_POLICY .* is not there$/],
    ['was exchanged', { bundle: NEVER.bundle }, /^policy\.tar\.gz VERIFY_POLICY .* is another one$/],
    ['is not the one that was signed for', { summarised: NEVER }, /^log VERIFY_POLICY statement gate\.summary does not name/],
    ['had said no where the gate passed', { policy: NEVER, record: { result: 'fail' } }, /^log VERIFY_GATE /],
  ])('is found out if it %s', async (_, variation, message) => {
    const { failures } = await check(variation);
    expect(failures).toEqual([expect.stringMatching(message)]);
  });

  it('of a server cannot be asked again, and that is said', async () => {
    const record = { source: 'http://127.0.0.1', engine: { name: 'server', version: '1' } };
    expect(await check({ record, onServer: true })).toEqual({ replayed: false, failures: [] });
  });
});
