import { type EntryData, isRecord, numberIn } from './told-entry.ts';

/** What an agent reported to have used; null where it said nothing. */
export interface ReportUsage {
  tokens: number | null;
  /** US dollars, estimated. */
  money: number | null;
  energy: number | null;
}

/** The `usage` of an entry's data, as far as it is one. */
export function readUsage({ usage }: EntryData): ReportUsage | null {
  if (!isRecord(usage)) return null;
  const [tokens, money, energy] = [amount(usage, 'tokens'), amount(usage, 'money'), amount(usage, 'energy')];
  return tokens === null && money === null && energy === null ? null : { tokens, money, energy };
}

function amount(usage: EntryData, name: string): number | null {
  const value = numberIn(usage, name);
  return value !== null && value >= 0 ? value : null;
}

/** Adds up what is known. */
export function totalUsage(all: readonly (ReportUsage | null)[]): ReportUsage | null {
  const known = all.filter((usage) => usage !== null);
  if (known.length === 0) return null;
  return {
    tokens: total(known.map(({ tokens }) => tokens)),
    money: total(known.map(({ money }) => money)),
    energy: total(known.map(({ energy }) => energy)),
  };
}

function total(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}
