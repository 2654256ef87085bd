import type { LogLine, LogsView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';
import { shortened } from '../table.ts';
import { logSentence } from './log-sentence.ts';
import { painted } from './state.ts';
import { moment } from '../../base/times.ts';

export function renderLogs({ items }: LogsView, screen: Screen): string {
  return items.map((line) => renderLogLine(line, screen)).join('');
}

/** What most readers look for comes first; the rest is in `--json`. */
const FIRST = ['reason', 'state', 'result', 'attempt', 'path', 'title'];

function renderLogLine({ seq, at, entry, task, data }: LogLine, { paint, width }: Screen): string {
  const head = `${String(seq).padStart(6)}  ${moment(at)}  ${entry.padEnd(18)}  `;
  const sentence = logSentence({ entry, data });
  const facts = sentence === undefined ? entryFacts(data) : [oneLine(sentence)];
  const tail = shortened([...(task === null ? [] : [task]), ...facts].join('  '), Math.max(20, width - head.length));
  const outcome = entry.slice(entry.indexOf('.') + 1);
  return `${paint.dim(head.slice(0, 30))}${head.slice(30).replace(outcome, painted(outcome, paint))}${tail}\n`;
}

/** The members of an entry that most readers look for. */
export function entryFacts(data: LogLine['data']): string[] {
  return FIRST.filter((name) => isShort(data[name])).map((name) => `${name}=${oneLine(String(data[name]))}`);
}

function isShort(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
