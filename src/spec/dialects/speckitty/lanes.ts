import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { WorkStatus } from '../../model.ts';
import { isBlankLine, lineText } from '../../source-text.ts';

/** Lanes of the tool; what is approved waits for nothing but its merge, and satisfies dependencies. */
const LANES: Readonly<Record<string, WorkStatus>> = {
  genesis: 'todo',
  planned: 'todo',
  todo: 'todo',
  blocked: 'todo',
  claimed: 'doing',
  doing: 'doing',
  in_progress: 'doing',
  for_review: 'doing',
  in_review: 'doing',
  approved: 'done',
  done: 'done',
  merged: 'done',
  canceled: 'cancelled',
  cancelled: 'cancelled',
};

export function laneStatus(lane: string): WorkStatus {
  const word = lane
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return Object.hasOwn(LANES, word) ? (LANES[word] ?? 'unknown') : 'unknown';
}

interface Move {
  at: string;
  id: string;
  lane: string;
}

/** The lane of each work package, by the log of what happened; a line that is no JSON is reported. */
export function lanesOfLog(account: LineAccount, { diagnostics }: Desk): Map<string, string> {
  const moves = new Map<string, Move>();
  for (let line = 1; line <= account.source.lineCount; line++) {
    if (isBlankLine(account.source, line)) continue;
    const event = parsed(lineText(account.source, line));
    if (event === undefined) {
      const message = 'This line of the log is no JSON object; what it says of a lane is not known.';
      const place = { file: account.source.path, line, column: 1 };
      diagnostics.report('SPEC_STATUS_UNKNOWN', place, { message, hint: 'Look for the marks of a merge.' });
    } else addMove(moves, event);
  }
  return new Map([...moves].map(([id, { lane }]) => [id, lane]));
}

/** Logs are merged by lines, so the time of an event counts, not its place. */
function addMove(moves: Map<string, Move>, event: JsonObject): void {
  const inner = isJsonObject(event['payload']) ? event['payload'] : {};
  const text = (key: string): string | undefined =>
    [event[key], inner[key]].find((each): each is string => typeof each === 'string');
  const wp = text('wp_id') ?? text('work_package_id');
  const lane = text('to_lane');
  if (wp === undefined || lane === undefined) return;
  const move = { at: text('at') ?? text('timestamp') ?? '', id: text('event_id') ?? '', lane };
  const known = moves.get(wp);
  if (known === undefined || move.at > known.at || (move.at === known.at && move.id >= known.id)) moves.set(wp, move);
}

/** The lanes that `status.json` has worked out of the log. */
export function lanesOfStatus({ source }: LineAccount): Map<string, string> {
  const packages = parsed(source.text)?.['work_packages'];
  const entries = isJsonObject(packages) ? Object.entries(packages) : [];
  return new Map(
    entries.flatMap(([id, state]): [string, string][] => {
      const lane = isJsonObject(state) ? state['lane'] : state;
      return typeof lane === 'string' ? [[id, lane]] : [];
    }),
  );
}

function parsed(text: string): JsonObject | undefined {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : undefined;
}
