import type { QaFindingView, QaRunView } from '../../runtime/app/judging/qa-view.ts';

/** A SARIF 2.1.0 log (OASIS) of what was found; paths are relative to the project. */
export function qaSarif({ findings }: QaRunView, version: string): object {
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'spec-kit', semanticVersion: version, rules: codes.map((id) => ({ id })) } },
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.level,
          message: { text: finding.message },
          ...placed(finding),
        })),
      },
    ],
  };
}

function placed({ path, line, related }: QaFindingView): object {
  if (path === null) return {};
  const others = related.map((each) => location(each, null));
  return { locations: [location(path, line)], ...(others.length > 0 && { relatedLocations: others }) };
}

function location(path: string, line: number | null): object {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, ...(line !== null && { region: { startLine: line } }) } };
}
