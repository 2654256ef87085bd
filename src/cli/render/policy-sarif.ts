import type { PolicyEvaluationView } from '../../runtime/app/policies/policy-views.ts';

/** For what a policy says without naming its rule. */
const UNNAMED = 'release';

/** A SARIF 2.1.0 log (OASIS) of what a release policy said, levels as Conftest gives them; paths are those of the product. */
export function policySarif({ findings, result }: PolicyEvaluationView, version: string): object {
  const ids = [...new Set(findings.map(({ rule }) => rule ?? UNNAMED))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'spec-kit', semanticVersion: version, rules: ids.map((id) => ({ id })) } },
        invocations: [{ executionSuccessful: true, exitCode: result === 'pass' ? 0 : 1 }],
        results: findings.map(({ level, message, rule, path }) => ({
          ruleId: rule ?? UNNAMED,
          ruleIndex: ids.indexOf(rule ?? UNNAMED),
          level: level === 'deny' ? 'error' : 'warning',
          message: { text: message },
          ...(path !== null && { locations: [location(path)] }),
        })),
      },
    ],
  };
}

function location(path: string): object {
  return { physicalLocation: { artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') } } };
}
