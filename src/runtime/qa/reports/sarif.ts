import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Finding } from '../report.ts';
import { textMember } from '../text-member.ts';
import { productPath, type ReadReport, type ReportPlace } from './report-content.ts';

/** SARIF 2.1.0 (OASIS). Results of level `error` are errors, of any other notes; suppressed ones and those that tell of no problem are left out. */
export const readSarif: ReadReport = (text, place) => {
  const log = JSON.parse(text) as JsonValue;
  if (!isJsonObject(log) || !Array.isArray(log.runs)) throw new Error('It has no `runs`.');
  const findings = log.runs.filter(isJsonObject).flatMap((run) => findingsOf(run, place));
  return { files: [], lines: new Map(), covered: new Map(), findings };
};

function findingsOf(run: JsonObject, place: ReportPlace): Finding[] {
  const results = Array.isArray(run['results']) ? run['results'].filter(isJsonObject) : [];
  const shown = results.filter(
    ({ kind, suppressions }) => (kind ?? 'fail') === 'fail' && !(Array.isArray(suppressions) && suppressions.length > 0),
  );
  return shown.map((result): Finding => {
    const { path, line } = locationOf(result, place);
    const message = `${textMember(result['ruleId'], 'result')}: ${textMember(member(result, 'message', 'text'))}`.slice(0, 2000);
    const note = (result['level'] ?? levelOfRule(run, result) ?? 'warning') !== 'error';
    return { code: 'QA_STATIC', ...(note && { level: 'note' }), ...(path && { path }), ...(line && { line }), message };
  });
}

/** A result without a level has that of its rule. */
function levelOfRule(run: JsonObject, { ruleId }: JsonObject): JsonValue | undefined {
  const rules = member(run, 'tool', 'driver', 'rules');
  const rule = Array.isArray(rules) ? rules.filter(isJsonObject).find(({ id }) => id === ruleId) : undefined;
  return rule && member(rule, 'defaultConfiguration', 'level');
}

function locationOf({ locations }: JsonObject, place: ReportPlace): { path?: string | undefined; line?: number | undefined } {
  const first = Array.isArray(locations) ? locations.find(isJsonObject) : undefined;
  if (first === undefined) return {};
  const uri = member(first, 'physicalLocation', 'artifactLocation', 'uri');
  const line = member(first, 'physicalLocation', 'region', 'startLine');
  return {
    path: typeof uri === 'string' ? productPath(decoded(uri), place) : undefined,
    line: typeof line === 'number' ? line : undefined,
  };
}

function decoded(uri: string): string {
  try {
    return decodeURI(uri);
  } catch {
    return uri;
  }
}

function member(value: JsonObject, ...names: readonly string[]): JsonValue | undefined {
  return names.reduce<JsonValue | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
}
