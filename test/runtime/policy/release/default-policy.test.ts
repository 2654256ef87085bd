import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import type { JsonValue } from '../../../../src/base/json.ts';
import { embeddedEngine } from '../../../../src/runtime/policy/release/embedded-engine.ts';
import { releaseVerdict } from '../../../../src/runtime/policy/release/policy-answer.ts';
import { DEFAULT_POLICY, readPolicy } from '../../../../src/runtime/policy/release/read-policy.ts';
import { treeDigest } from '../../../../src/runtime/vault/artifact.ts';
import { decideGate, type NamedStatement, PRODUCT_SUBJECT } from '../../../../src/runtime/vault/gate.ts';
import { PROVENANCE } from '../../../../src/runtime/vault/provenance.ts';
import { releaseInput } from '../../../../src/runtime/vault/release-input.ts';
import { STATEMENT_TYPE, subjectOf } from '../../../../src/runtime/vault/statement.ts';
import { TEST_RESULT } from '../../../../src/runtime/vault/test-result.ts';
import { LEVELS, THRESHOLD, VULNERABILITIES } from '../../../../src/runtime/vault/vulnerability-scan.ts';
import type { TreeEntry } from '../../../../src/runtime/vault/tree-listing.ts';

const engine = embeddedEngine();
afterAll(() => engine.close());

const PATHS = ['a.js', 'b.test.js', 'c.md'];
const TYPES = ['code', 'test', 'analysis'] as const;

/** Two contents for each path, so that statements may be about another one. */
const file = fc
  .record({ at: fc.nat(2), content: fc.nat(1), executable: fc.boolean() })
  .map(({ at, content, executable }): TreeEntry => ({
    path: PATHS[at] ?? '',
    digest: sha256(`${at} ${content}`),
    type: TYPES[at] ?? 'code',
    ...(executable && { executable }),
  }));
const files = fc
  .uniqueArray(file, { selector: ({ path }) => path })
  .map((all) => all.toSorted((a, b) => (a.path < b.path ? -1 : 1)));

const predicate = fc.record(
  {
    result: fc.constantFrom('PASSED', 'FAILED', 'WARNED'),
    passedTests: fc.constantFrom([], ['it works']),
    failedTests: fc.constantFrom([], ['one'], ['one', 'two']),
  },
  { requiredKeys: [] },
);

/** Of a scan, as it should be and as it should not. */
const found = fc.oneof(
  fc.record({
    id: fc.constantFrom('GHSA-1', 'GHSA-2', 3),
    severity: fc.constantFrom('bad', [], ...LEVELS.map((score) => [{ method: 'level', score }])),
    annotations: fc.constantFrom([], [{ package: 'npm/a@1' }], [{ package: 1 }]),
  }),
  fc.constant('a text'),
);
const scan = fc.record(
  {
    scanner: fc.constantFrom({}, 'none') as fc.Arbitrary<JsonValue>,
    [THRESHOLD]: fc.constantFrom('none', 'whatever', ...LEVELS),
  },
  { requiredKeys: [] },
);
const scanned = fc.oneof(
  fc
    .tuple(scan, fc.array(found, { maxLength: 3 }))
    .map(([said, result]) => ({ ...said, scanner: { result } as unknown as JsonValue })),
  scan,
);

const statement = (tree: readonly TreeEntry[]) =>
  fc
    .record({
      name: fc.constantFrom('t1', 't2', 't3'),
      kind: fc.constantFrom(PROVENANCE, TEST_RESULT, VULNERABILITIES, 'https://example.org/other'),
      about: fc.oneof<fc.Arbitrary<readonly TreeEntry[]>[]>(fc.constant(tree), files),
      whole: fc.boolean(),
      predicate,
      scanned,
    })
    .map(({ name, kind, about, whole, predicate: tested, scanned: looked }): NamedStatement => {
      const said = kind === VULNERABILITIES ? looked : tested;
      const product = whole ? [{ name: PRODUCT_SUBJECT, digest: { sha256: treeDigest(tree).slice('sha256:'.length) } }] : [];
      return {
        name,
        verified: {
          statement: {
            _type: STATEMENT_TYPE,
            subject: [...Array.from<TreeEntry, ReturnType<typeof subjectOf>>(about, (each) => subjectOf(each)), ...product],
            predicateType: kind,
            predicate: said,
          },
          bundle: sha256(name),
          signer: sha256('key'),
        },
      };
    });

const gateInput = files.chain((tree) =>
  fc.record({
    tree: fc.constant(tree),
    statements: fc.array(statement(tree), { maxLength: 4 }),
    base: fc.option(files, { nil: undefined }),
  }),
);

/** All at once: each evaluation compiles the policy. */
const QUERY = `[said | some each in input.cases
  said := {"allow": data.agentnexus.release.allow, "deny": data.agentnexus.release.deny} with input as each]`;

describe('the policy that is shipped', () => {
  it('says what the rules of the gate say, whatever the evidence', async () => {
    const policy = readPolicy(DEFAULT_POLICY);
    const results = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(gateInput, { minLength: 50, maxLength: 50 }), async (samples) => {
        const inputs = samples.map(({ tree, statements, base: before }) => {
          const base = before && new Map(before.map((each) => [each.path, each]));
          return { mission: 'm', time: '2026-01-01T00:00:00.000Z', tree, base, statements };
        });
        const input = `{"cases":[${inputs.map(releaseInput).join(',')}]}`;
        const answers = (await engine.evaluate(policy, { query: QUERY, entrypoint: '', input })) as JsonValue[];
        const verdicts = answers.map(releaseVerdict);
        for (const [at, asked] of inputs.entries()) {
          const { result, reasons } = decideGate(asked);
          results.add(result);
          const denied = verdicts[at]?.findings.map(({ message }) => message).toSorted();
          expect({ result: verdicts[at]?.result, denied }).toEqual({ result, denied: [...new Set(reasons)].toSorted() });
        }
      }),
      // One of eighty passes: fewer samples might hold none.
      { numRuns: 12 },
    );
    expect([...results].toSorted()).toEqual(['fail', 'pass']);
  });
});
