import type { Artifact } from './artifact.ts';
import { type Statement, statement, subjectOf } from './statement.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md */
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';

export interface TestResultInput {
  /** The files that were judged. */
  subjects: readonly Pick<Artifact, 'path' | 'digest'>[];
  result: 'pass' | 'fail';
  /** Name of the suite: `jest`, `package`. */
  suite: string;
  /** The tools that judged: name → version. */
  tools: Readonly<Record<string, string>>;
  /** Name of the walls that the tests ran in; undefined where they ran in none. */
  sandbox?: string | undefined;
  passed: readonly string[];
  failed: readonly string[];
  /** Where the full report can be read. */
  url?: string;
}

/** What a suite said about these files: in-toto test-result v0.1. */
export function testResult(input: TestResultInput): Statement {
  return statement(TEST_RESULT, input.subjects.map(subjectOf), {
    result: input.result === 'pass' ? 'PASSED' : 'FAILED',
    configuration: [
      { name: 'suite', uri: `urn:agentnexus:suite:${encodeURIComponent(input.suite)}` },
      { name: 'sandbox', uri: `urn:agentnexus:sandbox:${input.sandbox ?? 'none'}` },
      ...Object.entries(input.tools).map(([name, version]) => ({ name, uri: packageUrl(name, version) })),
    ],
    passedTests: input.passed,
    failedTests: input.failed,
    ...(input.url !== undefined && { url: input.url }),
  });
}

/** Tools that are no packages of npm. */
const REGISTRIES: Readonly<Record<string, string>> = {
  node: 'generic',
  python: 'generic',
  go: 'generic',
  cargo: 'generic',
  pytest: 'pypi',
};

/** https://github.com/package-url/purl-spec; a scoped name's `@` is escaped. */
function packageUrl(name: string, version: string): string {
  return `pkg:${REGISTRIES[name] ?? 'npm'}/${name.replace(/^@/, '%40')}@${version}`;
}
