import { plainPaint, type Screen } from '../../src/cli/screen.ts';

/** A file or pipe. */
export const plainScreen: Screen = { paint: plainPaint, width: Number.POSITIVE_INFINITY, live: false };
