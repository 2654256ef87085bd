import type { LogLine } from '../../../runtime/app/views.ts';
import { printable } from '../../printable.ts';
import { entryFacts } from '../../render/logs.ts';
import { logSentence } from '../../render/log-sentence.ts';
import { evidenceOf } from './evidence-note.ts';
import type { LogItem } from './monitor-task.ts';

/** Items that a task keeps, and characters of one. */
const MOST_ITEMS = 400;
const MOST_TEXT = 8_000;

/** What an entry says, for people; reasons and feedback in full, with their lines. */
export function logItem(line: LogLine): LogItem {
  const { seq, at, entry, data } = line;
  const [reason, feedback] = [data['reason'], data['feedback']];
  const told = typeof reason === 'string' ? reason : typeof feedback === 'string' ? feedback : '';
  const sentence = logSentence(line) ?? evidenceSentence(line);
  const text = sentence === undefined ? told || factsOf(data).join('  ') : withTold(sentence, told);
  return { seq, at, kind: printable(entry), text: printable(text).slice(0, MOST_TEXT).trimEnd() };
}

function evidenceSentence(line: LogLine): string | undefined {
  const note = evidenceOf(line);
  return note === undefined ? undefined : `${note.name}  ${note.detail.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…')}`;
}

/** The title is on the screen already. */
const factsOf = (data: LogLine['data']): string[] => entryFacts(data).filter((fact) => !fact.startsWith('title='));

/** The full text below, where the sentence leaves some of it out. */
function withTold(sentence: string, told: string): string {
  return sentence.includes(told.trim()) ? sentence : `${sentence}\n${told}`;
}

/** Adds to a list that forgets its beginning; on average as quick as `push`. */
export function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MOST_ITEMS * 2) list.splice(0, list.length - MOST_ITEMS);
}
