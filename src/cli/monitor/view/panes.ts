import type { ViewState } from './view-state.ts';

export interface Area {
  /** Columns and rows. */
  width: number;
  height: number;
}

/** Where things stand: two rows of head, the body, a row for notices and questions, a row of keys. */
export interface Panes {
  list: Area;
  detail: Area;
  /** Side by side, or one below the other. */
  beside: boolean;
}

const HEAD = 3;
const FOOT = 2;

/** Columns from which list and detail stand side by side. */
const WIDE = 110;

/** Smaller screens show a line that says so. */
export const SMALLEST = { columns: 40, rows: 10 };

export function panesOf({ columns, rows, full, shape }: Pick<ViewState, 'columns' | 'rows' | 'full' | 'shape'>): Panes {
  const body = Math.max(0, rows - HEAD - FOOT);
  if (full)
    return { list: { width: columns, height: 0 }, detail: { width: columns, height: Math.max(0, rows - FOOT) }, beside: false };
  if (columns >= WIDE && shape === 'tree') {
    const width = Math.floor(columns * 0.45);
    // One row is the heading of the detail, one column the border.
    return { list: { width, height: body }, detail: { width: columns - width - 3, height: body - 1 }, beside: true };
  }
  const height = Math.ceil(body * (shape === 'graph' ? 0.6 : 0.5));
  return { list: { width: columns, height }, detail: { width: columns, height: Math.max(0, body - height - 1) }, beside: false };
}
