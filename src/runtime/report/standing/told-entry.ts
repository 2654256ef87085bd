/** As much of an entry as is needed to tell what it means for its mission: one of the log, or one that was told over a stream. */
export interface ToldEntry {
  seq: number;
  /** RFC 3339. */
  at: string;
  kind: string;
  task?: string | null | undefined;
  data: EntryData;
}

export type EntryData = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is EntryData {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is text, or null. */
export function textIn(data: EntryData, name: string): string | null {
  const value = data[name];
  return typeof value === 'string' ? value : null;
}

/** A member that is a number, or null. */
export function numberIn(data: EntryData, name: string): number | null {
  const value = data[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
