import { NexusError } from '../../base/errors.ts';

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `90s`, `30m`, `7d` in milliseconds; undefined if it is none. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (TIMES[unit] ?? 1));
}

/** `500M`, `2GiB`, `1048576` in bytes. Throws `USAGE`. */
export function readSize(text: string): number {
  const [, amount, prefix = ''] = /^(\d+(?:\.\d+)?)(?:([kMGT]|[KMGT]i)?B?)$/.exec(text) ?? [];
  if (amount !== undefined) return Math.round(Number(amount) * (SIZES[prefix] ?? 1));
  throw new NexusError('USAGE', `\`${text}\` is no size.`, {
    hint: 'Write a number of bytes, or one with k, M, G, T (thousands) or Ki, Mi, Gi, Ti (of 1,024): 500M, 2GiB.',
  });
}

/** As `readDuration`. Throws `USAGE`. */
export function requireDuration(text: string): number {
  const milliseconds = readDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new NexusError('USAGE', `\`${text}\` is no duration.`, { hint: 'Write 90s, 30m, 12h or 7d.' });
}
