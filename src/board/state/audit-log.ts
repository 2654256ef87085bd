import type { BoardEvent } from './board-event.ts';

/** Entries that are kept: the newest, in a page that may stay open for days. */
const MOST = 20_000;

export interface AuditLog {
  /** The newest first, each once. */
  entries: readonly BoardEvent[];
  /** What came while it was held still. */
  held: readonly BoardEvent[];
  /** The oldest position that is here. */
  from: number;
}

export function auditLog(): AuditLog {
  return { entries: [], held: [], from: Number.POSITIVE_INFINITY };
}

/** The log with these entries, in whatever order they come. With `hold` what is newer is kept back. */
export function auditAfter(log: AuditLog, events: readonly BoardEvent[], { hold = false }: { hold?: boolean } = {}): AuditLog {
  const newest = log.entries[0]?.seq ?? -1;
  const isHeld = ({ seq }: BoardEvent): boolean => hold && log.entries.length > 0 && seq > newest;
  const all = [...log.held, ...events];
  const bySeq = new Map(log.entries.map((entry) => [entry.seq, entry]));
  for (const event of all) if (!isHeld(event)) bySeq.set(event.seq, event);
  const entries = [...bySeq.values()].toSorted((a, b) => b.seq - a.seq).slice(0, MOST);
  const held = [...new Map(all.filter(isHeld).map((event) => [event.seq, event])).values()].slice(-MOST);
  return { entries, held, from: entries.at(-1)?.seq ?? Number.POSITIVE_INFINITY };
}

/** Whether an entry holds each of these words. */
export function auditMatches({ kind, task, mission, data }: BoardEvent, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const all = `${kind} ${task ?? ''} ${mission ?? ''} ${JSON.stringify(data)}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
