import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows of a long list that are drawn: those that can be seen, and some around them, so that the keyboard finds the next one. */
export interface RowWindow {
  from: number;
  to: number;
  /** Pixels that stand for the rows before and behind. */
  before: number;
  behind: number;
}

/** Shorter lists are drawn whole, so that the browser's own search finds everything. */
const WHOLE = 250;
const AROUND = 30;

/** Which of `count` rows of one height are to be drawn, as the page scrolls under `list`. */
export function useWindow(list: RefObject<HTMLElement | null>, { count, height }: { count: number; height: number }): RowWindow {
  const [first, setFirst] = useState(0);
  const last = useRef(-1);
  useLayoutEffect(() => {
    if (count <= WHOLE) return undefined;
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const seen = Math.max(0, Math.floor(-top / height));
      // In steps, so that most scrolling draws nothing.
      const step = Math.floor(seen / 10) * 10;
      if (step === last.current) return;
      last.current = step;
      setFirst(step);
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, [list, count, height]);
  return windowOf(first, { count, height, seen: Math.ceil(innerHeight / height) + 10 });
}

function windowOf(first: number, { count, height, seen }: { count: number; height: number; seen: number }): RowWindow {
  if (count <= WHOLE) return { from: 0, to: count, before: 0, behind: 0 };
  const from = Math.max(0, Math.min(first, count - 1) - AROUND);
  const to = Math.min(count, first + seen + AROUND);
  return { from, to, before: from * height, behind: (count - to) * height };
}
