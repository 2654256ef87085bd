import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import { counted, grouped } from '../../../base/text.ts';

interface PiecesProps<T> {
  items: readonly T[];
  /** How many are shown at once. */
  most: number;
  /** What one is called. */
  what: string;
  children: (shown: readonly T[]) => ComponentChildren;
}

/** What is too much to draw at once, piece by piece. */
export function Pieces<T>({ items, most, what, children }: PiecesProps<T>): JSX.Element {
  const [piece, setPiece] = useState(0);
  // Fewer may have been left than there were.
  const from = Math.min(piece, Math.max(0, Math.ceil(items.length / most) - 1)) * most;
  const to = Math.min(from + most, items.length);
  return (
    <>
      {items.length <= most ? null : (
        <p class="row" role="group" aria-label="Pieces">
          <button type="button" disabled={from === 0} onClick={() => setPiece(from / most - 1)}>
            ← Before
          </button>
          <button type="button" disabled={to === items.length} onClick={() => setPiece(from / most + 1)}>
            Behind →
          </button>{' '}
          <span>
            {grouped(from + 1)} to {grouped(to)} of {counted(items.length, what)}
          </span>
        </p>
      )}
      {children(items.slice(from, to))}
    </>
  );
}
