import { NexusError } from '../../base/errors.ts';

/** What is asked of a list that may be long. */
export interface PageInput {
  /** So many at most; all where it is left out. */
  limit?: number;
  /** Only those behind this one: the `next` of the page before. */
  after?: string;
}

/** The items of one page; `next` where there are more. */
export interface Page<T> {
  items: T[];
  next: { next?: string };
}

/** A page of a list in which what is there keeps its place. Throws `CURSOR_UNKNOWN` for a key that no item has. */
export function pageOf<T>(list: readonly T[], { limit, after }: PageInput, keyOf: (item: T) => string): Page<T> {
  const from = after === undefined ? 0 : list.findIndex((item) => keyOf(item) === after) + 1;
  if (after !== undefined && from === 0) {
    throw new NexusError('CURSOR_UNKNOWN', `${after} is not in this list.`, {
      hint: 'Begin again without it.',
      details: { after },
    });
  }
  return firstOf(list.slice(from, limit === undefined ? undefined : from + limit + 1), limit, keyOf);
}

/** The page of what was read for it: one more than it holds, if there is one more. */
export function firstOf<T>(read: readonly T[], limit: number | undefined, keyOf: (item: T) => string): Page<T> {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined || items.length === read.length ? {} : { next: keyOf(last) } };
}
