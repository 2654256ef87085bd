import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** How far each key leads from one row to another. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 20,
  PageUp: -20,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface Rows {
  /** Places of those that have a link, in order. Their rows say theirs as `aria-rowindex`, which counts from 2: the head is 1. */
  places: readonly number[];
  /** Of a row, in pixels. */
  height: number;
}

/** Leads from the link of one row to that of another by key, also where that is not drawn yet (as `useWindow` has it). */
export function useRowKeys(list: RefObject<HTMLElement | null>, { places, height }: Rows): (event: KeyboardEvent) => void {
  const wanted = useRef<number | undefined>(undefined);
  const focus = (): void => {
    const link = list.current?.querySelector<HTMLElement>(`[aria-rowindex="${(wanted.current ?? -2) + 2}"] a`);
    if (link === null || link === undefined) return;
    wanted.current = undefined;
    link.focus();
  };
  // Each time that rows are drawn, the wanted one may be among them.
  useLayoutEffect(focus);
  return (event) => {
    const step = event.altKey || event.ctrlKey || event.metaKey ? undefined : STEPS[event.key];
    const row = event.target instanceof Element ? event.target.closest('[aria-rowindex]') : null;
    if (step === undefined || row === null || list.current === null) return;
    const at = places.indexOf(Number(row.getAttribute('aria-rowindex')) - 2);
    const place = places[Math.min(Math.max(0, at + step), places.length - 1)];
    if (at === -1 || place === undefined) return;
    event.preventDefault();
    wanted.current = place;
    const top = list.current.getBoundingClientRect().top + place * height;
    if (top < 0 || top + height > innerHeight) scrollBy(0, top - innerHeight / 2);
    focus();
  };
}
