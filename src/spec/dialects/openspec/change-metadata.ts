import { parse } from 'yaml';

/** Whether a change's `.openspec.yaml` sets a mark to `true`. What cannot be read sets none. */
export function isMarked(text: string | undefined, mark: 'skip_specs' | 'retire_capabilities'): boolean {
  if (text === undefined || !text.includes(mark)) return false;
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && new Map<string, unknown>(Object.entries(value)).get(mark) === true;
  } catch {
    return false;
  }
}
