import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Usage } from './report.ts';

/** The `usage` of an entry's data. Tokens may be counted by kind (`{input, output}`): they are added up. */
export function readUsage(data: JsonObject): Usage | null {
  const { usage } = data;
  if (!isJsonObject(usage)) return null;
  const [tokens, money, energy] = [amount(usage['tokens']), amount(usage['money']), amount(usage['energy'])];
  return tokens === null && money === null && energy === null ? null : { tokens, money, energy };
}

function amount(value: JsonValue | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  if (!isJsonObject(value)) return null;
  const parts = Object.values(value).flatMap((part) => (typeof part === 'number' ? [amount(part) ?? 0] : []));
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

/** Adds up what is known. */
export function totalUsage(all: readonly (Usage | null)[]): Usage | null {
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
