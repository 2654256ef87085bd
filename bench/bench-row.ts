/** One measured figure, beside what it is compared with in the same run. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  baseline: number;
  /** `value / baseline`. */
  ratio: number;
  /** What we promise, in words. */
  goal?: string;
}

interface Figures {
  value: number;
  baseline: number;
  unit?: string;
  goal?: string;
}

export function row(name: string, { value, baseline, unit = 'ms', goal }: Figures): BenchRow {
  return { name, value, unit, baseline, ratio: value / baseline, ...(goal === undefined ? {} : { goal }) };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
