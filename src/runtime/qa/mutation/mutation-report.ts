import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Finding } from '../report.ts';
import { textMember } from '../text-member.ts';

/** What a mutation run came to. */
export interface MutationOutcome {
  /** All that were made, those that were run, and of these the ones that a test noticed. */
  made: number;
  run: number;
  noticed: number;
  /** Those that no test noticed. */
  findings: Finding[];
}

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/** Reads a report by https://github.com/stryker-mutator/mutation-testing-elements (schema 1 and 2). Throws an error for people if it is none. */
export function readMutationReport(text: string): JsonObject {
  const report = JSON.parse(text) as JsonValue;
  if (!isJsonObject(report) || !isJsonObject(report['files'])) throw new Error('It has no `files`.');
  return report;
}

/** What such a report comes to. */
export function outcomeOf({ files }: JsonObject): MutationOutcome {
  const mutants = Object.entries(isJsonObject(files) ? files : {}).flatMap(([path, file]) =>
    mutantsOf(file).map((mutant) => ({ path, source: sourceOf(file), mutant, status: textMember(mutant['status']) })),
  );
  const missed = mutants.filter(({ status }) => MISSED.has(status));
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  return { made: mutants.length, run: noticed + missed.length, noticed, findings: missed.map(findingOf) };
}

function mutantsOf(file: JsonValue | undefined): JsonObject[] {
  return isJsonObject(file) && Array.isArray(file['mutants']) ? file['mutants'].filter(isJsonObject) : [];
}

function sourceOf(file: JsonValue | undefined): string {
  return isJsonObject(file) ? textMember(file['source']) : '';
}

function findingOf({
  path,
  source,
  mutant,
  status,
}: {
  path: string;
  source: string;
  mutant: JsonObject;
  status: string;
}): Finding {
  const [from, to] = [placeOf(mutant, 'start'), placeOf(mutant, 'end')];
  const old = cut(source, from, to);
  const now = textMember(mutant['replacement']);
  const what = `\`${shown(old)}\` → \`${shown(now)}\` (${textMember(mutant['mutatorName'])})`;
  const why = status === 'NoCoverage' ? 'no test reaches it' : 'no test notices';
  return { code: 'QA_MUTANT_SURVIVED', level: 'note', path, ...(from && { line: from.line }), message: `${what}: ${why}.` };
}

interface Place {
  line: number;
  column: number;
}

function placeOf({ location }: JsonObject, end: 'start' | 'end'): Place | undefined {
  const place = isJsonObject(location) ? location[end] : undefined;
  if (!isJsonObject(place) || typeof place['line'] !== 'number' || typeof place['column'] !== 'number') return undefined;
  return { line: place['line'], column: place['column'] };
}

/** Lines and columns begin with 1. */
function cut(source: string, from: Place | undefined, to: Place | undefined): string {
  if (from === undefined || to === undefined) return '';
  const lines = source.split('\n').slice(from.line - 1, to.line);
  const last = lines.length - 1;
  return lines.map((line, at) => line.slice(at === 0 ? from.column - 1 : 0, at === last ? to.column - 1 : undefined)).join(' ');
}

function shown(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain;
}
