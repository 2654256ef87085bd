import { type Diagnostic, type DiagnosticCode, DIAGNOSTICS, type Severity } from '../../spec/diagnostics.ts';
import { helpPage } from '../../spec/levels/help-page.ts';
import { REMEDIES } from '../../spec/levels/remedies.ts';

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
          ...related(diagnostic, locate),
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
    help: help(code),
    defaultConfiguration: { level: LEVEL[severity] },
  };
}

/** The help itself, and no `helpUri`: SARIF wants an absolute address there, which would hold for no copy of the package but one. */
function help(code: DiagnosticCode): { text: string; markdown: string } {
  const { summary } = DIAGNOSTICS[code];
  const page = helpPage(code);
  return {
    text: `${summary} ${REMEDIES[code]} See ${page}.`,
    markdown: `${summary}\n\n**What to do:** ${REMEDIES[code]}\n\nSee \`${page}\` in the package \`agentnexus\`.`,
  };
}

/** The files of one that speaks of many. */
function related({ file, files = [] }: Diagnostic, locate: (file: string) => string): { relatedLocations?: object[] } {
  const others = files.filter((each) => each !== file);
  return others.length === 0
    ? {}
    : { relatedLocations: others.map((each) => ({ physicalLocation: { artifactLocation: { uri: uriOf(locate(each)) } } })) };
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function location({ file, line, column }: Diagnostic, locate: (file: string) => string): object {
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(locate(file)) }, region: { startLine: line, startColumn: column } },
  };
}
