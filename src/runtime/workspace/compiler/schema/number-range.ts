import { FragmentError } from '../fragments.ts';

export interface Bounds {
  min?: number;
  max?: number;
}

/** Bounds in steps: the first and last factor that lie inside. */
export function wholeRange(low: Limit, high: Limit, step: number): Bounds {
  const mins = [
    ...(low.bound === undefined ? [] : [Math.ceil(low.bound / step)]),
    ...(low.excluded === undefined ? [] : [Math.floor(low.excluded / step) + 1]),
  ];
  const maxs = [
    ...(high.bound === undefined ? [] : [Math.floor(high.bound / step)]),
    ...(high.excluded === undefined ? [] : [Math.ceil(high.excluded / step) - 1]),
  ];
  const range = {
    ...(mins.length > 0 ? { min: safe(Math.max(...mins)) } : {}),
    ...(maxs.length > 0 ? { max: safe(Math.min(...maxs)) } : {}),
  };
  refuseEmpty(range);
  // fast-check's default range is 32 bits wide; an open end must still be beyond the closed one.
  if (range.min !== undefined && range.min > 2 ** 31 - 1 && range.max === undefined)
    return { ...range, max: Number.MAX_SAFE_INTEGER };
  if (range.max !== undefined && range.max < -(2 ** 31) && range.min === undefined)
    return { ...range, min: Number.MIN_SAFE_INTEGER };
  return range;
}

export interface Limit {
  bound: number | undefined;
  excluded: number | undefined;
}

function safe(value: number): number {
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER) + 0;
}

export function realRange(low: Limit, high: Limit): Bounds & { minExcluded?: true; maxExcluded?: true } {
  const minExcluded = low.excluded !== undefined && (low.bound === undefined || low.excluded >= low.bound);
  const maxExcluded = high.excluded !== undefined && (high.bound === undefined || high.excluded <= high.bound);
  const min = minExcluded ? low.excluded : low.bound;
  const max = maxExcluded ? high.excluded : high.bound;
  const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  refuseEmpty(range);
  if (min !== undefined && min === max && (minExcluded || maxExcluded))
    throw new FragmentError(`no number is inside ${min} and ${max}`);
  return { ...range, ...(minExcluded ? { minExcluded } : {}), ...(maxExcluded ? { maxExcluded } : {}) };
}

function refuseEmpty({ min, max }: Bounds): void {
  if (min !== undefined && max !== undefined && min > max)
    throw new FragmentError(`no number is at least ${min} and at most ${max}`);
}
