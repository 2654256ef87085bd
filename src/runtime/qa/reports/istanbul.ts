import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { productPath, type ReportPlace } from './report-content.ts';

type Lines = Map<string, Set<number>>;

/** Lines that hold a statement, and those that were reached, of Istanbul's `coverage-final.json`. Throws an error if it is none. */
export function readIstanbul(text: string, place: ReportPlace): { lines: Lines; covered: Lines } {
  const report = JSON.parse(text) as JsonValue;
  if (!isJsonObject(report)) throw new Error('It is no JSON object.');
  const lines: Lines = new Map();
  const covered: Lines = new Map();
  for (const [file, entry] of Object.entries(report)) {
    const path = productPath(file, place);
    if (path === undefined || !isJsonObject(entry) || !isJsonObject(entry['statementMap']) || !isJsonObject(entry['s'])) continue;
    const counts = entry['s'];
    const starts = Object.entries(entry['statementMap']).flatMap(([id, statement]) => {
      const start = isJsonObject(statement) && isJsonObject(statement['start']) ? statement['start']['line'] : undefined;
      return typeof start === 'number' ? [{ line: start, reached: Number(counts[id]) > 0 }] : [];
    });
    lines.set(path, new Set(starts.map(({ line }) => line)));
    covered.set(path, new Set(starts.flatMap(({ line, reached }) => (reached ? [line] : []))));
  }
  return { lines, covered };
}
