import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { type Tree, treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { decideGate, type NamedStatement, PRODUCT_SUBJECT } from '../../../src/runtime/vault/gate.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { provenanceOf, testsOf } from './sample-mission.ts';

const TREE: Tree = [
  { path: 'README.md', digest: sha256('readme'), size: 6, type: 'analysis' },
  { path: 'src/a.ts', digest: sha256('code'), size: 4, type: 'code' },
  { path: 'test/a.test.ts', digest: sha256('test'), size: 4, type: 'test' },
];
const TESTED = TREE.slice(1);

function named(name: string, statement: Statement): NamedStatement {
  return { name, verified: { statement, bundle: sha256(name), signer: sha256('key') } };
}
const made = named('T1.provenance', provenanceOf(TREE));
const passed = named('T1.tests', testsOf(TESTED));
const failed = named('T1.tests', testsOf(TESTED, 'fail'));

describe('gate', () => {
  it('passes what is made on record and tested', () => {
    expect(decideGate({ tree: TREE, statements: [made, passed] })).toEqual({ result: 'pass', reasons: [] });
  });

  it.each<[string, readonly NamedStatement[], RegExp]>([
    ['nothing is said', [], /README\.md: no provenance/],
    ['there is no provenance', [passed], /src\/a\.ts: no provenance/],
    ['there is no test result', [made], /src\/a\.ts: no passed test result/],
    ['one file was not tested', [made, named('T1.tests', testsOf(TREE.slice(2)))], /^src\/a\.ts: no passed test result/],
    ['a test failed', [made, failed], /T1\.tests: the test result is "FAILED", 1 failed test/],
    ['another suite failed on the same files', [made, passed, named('T2.tests', testsOf(TESTED, 'fail'))], /T2\.tests/],
    ['the last result of a suite is a failure', [made, passed, failed], /T1\.tests/],
  ])('denies when %s', (_, statements, reason) => {
    const decision = decideGate({ tree: TREE, statements });
    expect(decision.result).toBe('fail');
    expect(decision.reasons).toContainEqual(expect.stringMatching(reason));
  });

  it('denies a statement about other content under the same path', () => {
    const other = TREE.map((artifact) => ({ ...artifact, digest: sha256(`other ${artifact.path}`) }));
    const statements = [named('T1.provenance', provenanceOf(other)), named('T1.tests', testsOf(other))];
    expect(decideGate({ tree: TREE, statements }).reasons).toHaveLength(5);
  });

  it('asks no evidence of what is as it was before, and of what was changed or given another mode as ever', () => {
    const base = new Map([TREE[1], TREE[2]].flatMap((file) => (file === undefined ? [] : [[file.path, file] as const])));
    const readme = named('T1.provenance', provenanceOf(TREE.slice(0, 1)));
    expect(decideGate({ tree: TREE, base, statements: [readme] })).toEqual({ result: 'pass', reasons: [] });
    const changed = TREE.map((file) => (file.path === 'src/a.ts' ? { ...file, executable: true as const } : file));
    expect(decideGate({ tree: changed, base, statements: [readme] }).reasons).toEqual([
      'src/a.ts: no provenance for this content',
      'src/a.ts: no passed test result for this content',
    ]);
  });

  it('lets something be removed only where the tests have passed on just what is left', () => {
    const gone = { path: 'src/b.ts', digest: sha256('b'), size: 1, type: 'code' as const };
    const base = new Map([...TREE, gone].map((file) => [file.path, file]));
    const whole = (tree: Tree) => [{ path: PRODUCT_SUBJECT, digest: treeDigest(tree), size: 0, type: 'analysis' as const }];
    const decide = (statements: NamedStatement[]) => decideGate({ tree: TREE, base, statements }).reasons;
    expect(decide([])).toEqual(['no passed test result for what is left after files were removed']);
    expect(decide([named('T.tests', testsOf(whole(TREE)))])).toEqual([]);
    expect(decide([named('T.tests', testsOf(whole([...TREE, gone])))])).toHaveLength(1);
    expect(decide([named('T.tests', testsOf(whole(TREE), 'fail'))]).length).toBeGreaterThan(0);
  });

  it('lets a repaired result replace a failed one of the same name', () => {
    expect(decideGate({ tree: TREE, statements: [made, failed, passed] }).result).toBe('pass');
  });

  it.each<[string, Statement['predicate']]>([
    ['no result', { passedTests: ['a'], failedTests: [] }],
    ['a warning', { result: 'WARNED', passedTests: ['a'], failedTests: [] }],
    ['no list of failures', { result: 'PASSED', passedTests: ['a'] }],
    ['failures beside it', { result: 'PASSED', passedTests: ['a'], failedTests: ['b'] }],
    ['no test run', { result: 'PASSED', passedTests: [], failedTests: [] }],
  ])('takes a test result with %s for none', (_, predicate) => {
    const statements = [made, named('T1.tests', { ...testsOf(TESTED), predicate })];
    expect(decideGate({ tree: TREE, statements }).result).toBe('fail');
  });

  it('denies an empty product', () => {
    expect(decideGate({ tree: [], statements: [made, passed] })).toEqual({ result: 'fail', reasons: ['there is no product'] });
  });

  it('keeps its reasons short enough for a log entry', () => {
    const tree = Array.from({ length: 5000 }, (_, i) => ({ ...TESTED[0]!, path: `src/${'x'.repeat(500)}${i}.ts` }));
    const { reasons } = decideGate({ tree, statements: [] });
    expect(reasons.at(-1)).toBe('and 9960 more');
    expect(JSON.stringify(reasons).length).toBeLessThan(32_000);
  });
});
