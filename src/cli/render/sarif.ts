import { type Diagnostic, type DiagnosticCode, DIAGNOSTICS, type Severity } from '../../spec/diagnostics.ts';
import { helpUri } from '../../spec/levels/help-uri.ts';

/** Levels as SARIF calls them. */
const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

/** A SARIF 2.1.0 log (OASIS): what code scanning services read. `locate` gives a path relative to the repository. */
export function sarifLog(
  diagnostics: readonly Diagnostic[],
  { version, locate }: { version: string; locate: (file: string) => string },
): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'spec-kit', semanticVersion: version, rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: codes.indexOf(diagnostic.code),
          level: LEVEL[diagnostic.severity],
          message: { text: [diagnostic.message, diagnostic.hint].filter((text) => text !== '').join(' ') },
          locations: [location(diagnostic, locate)],
        })),
      },
    ],
  };
}

function rule(code: DiagnosticCode): object {
  const { severity, summary } = DIAGNOSTICS[code];
  return {
    id: code,
    shortDescription: { text: summary },
    helpUri: helpUri(code),
    defaultConfiguration: { level: LEVEL[severity] },
  };
}

function location({ file, line, column }: Diagnostic, locate: (file: string) => string): object {
  const uri = locate(file).split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } };
}
