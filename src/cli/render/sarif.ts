import { pathToFileURL } from 'node:url';

import { sha256 } from '../../base/digest.ts';
import { type Diagnostic, type DiagnosticCode, DIAGNOSTICS, type Severity } from '../../spec/diagnostics.ts';
import { helpPage } from '../../spec/levels/help-page.ts';
import { REMEDIES } from '../../spec/levels/remedies.ts';

/** Levels as SARIF calls them. */
const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

/** As many results as GitHub takes of one run; it refuses a log that has more. */
const MOST_RESULTS = 25_000;

const GRAVEST = ['error', 'warning', 'info'] as const satisfies Severity[];

/** A SARIF 2.1.0 log (OASIS): what code scanning services read. `locate` gives a path relative to the repository. */
export function sarifLog(
  all: readonly Diagnostic[],
  { version, locate }: { version: string; locate: (file: string) => string },
): object {
  const diagnostics = gravest(all);
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  const fingerprints = new Fingerprints();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'spec-kit', semanticVersion: version, rules: codes.map(rule) } },
        ...leftOut(all.length - diagnostics.length),
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: codes.indexOf(diagnostic.code),
          level: LEVEL[diagnostic.severity],
          message: { text: [diagnostic.message, diagnostic.hint].filter((text) => text !== '').join(' ') },
          locations: [location(diagnostic, locate)],
          partialFingerprints: { 'specKit/v1': fingerprints.of(diagnostic) },
          ...related(diagnostic, locate),
        })),
      },
    ],
  };
}

/** The gravest of them, in the order that they have. */
function gravest(all: readonly Diagnostic[]): readonly Diagnostic[] {
  if (all.length <= MOST_RESULTS) return all;
  const kept = GRAVEST.flatMap((severity) => all.filter((each) => each.severity === severity)).slice(0, MOST_RESULTS);
  const wanted = new Set(kept);
  return all.filter((each) => wanted.has(each));
}

function leftOut(count: number): { invocations?: object[] } {
  if (count === 0) return {};
  const text = `${count} more findings are left out: services take ${MOST_RESULTS} of a run. The gravest are here.`;
  return { invocations: [{ executionSuccessful: true, toolExecutionNotifications: [{ level: 'warning', message: { text } }] }] };
}

/** What a finding is known by after lines have moved: what it says of which file and, where that is said again, how often before. */
class Fingerprints {
  readonly #seen = new Map<string, number>();

  of({ code, message, file }: Diagnostic): string {
    const digest = sha256([code, file, message.replaceAll(/\d+/g, '#')].join('\0')).slice('sha256:'.length);
    const before = this.#seen.get(digest) ?? 0;
    this.#seen.set(digest, before + 1);
    return `${digest}:${before + 1}`;
  }
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
  const others = files.filter((each) => each !== file).slice(0, MOST_RELATED);
  return others.length === 0
    ? {}
    : { relatedLocations: others.map((each) => ({ physicalLocation: { artifactLocation: { uri: uriOf(locate(each)) } } })) };
}

/** Services refuse results that name more than a thousand places, and show a hundred. */
const MOST_RELATED = 100;

function uriOf(path: string): string {
  if (path.startsWith('/')) return pathToFileURL(path).href;
  if (/^https?:\/\//.test(path)) return encodeURI(path);
  return path.split('/').map(encodeURIComponent).join('/');
}

function location({ file, line, column }: Diagnostic, locate: (file: string) => string): object {
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(locate(file)) }, region: { startLine: line, startColumn: column } },
  };
}
