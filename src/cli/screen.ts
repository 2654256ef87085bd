import { styleText } from 'node:util';

/** Marks up text; chalk where there is colour, and nothing where there is none. */
export interface Paint {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
}

/** What a renderer may know of the place it writes to. */
export interface Screen {
  paint: Paint;
  /** Columns; infinite in a file or pipe, where nothing needs to be cut. */
  width: number;
  /** Whether a line can be written over. */
  live: boolean;
}

const same = (text: string): string => text;

export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** The screen behind a stream. `color: false` is `--no-color`. */
export async function openScreen(stream: NodeJS.WriteStream, { color }: { color: boolean }): Promise<Screen> {
  return {
    paint: color && isColorful(stream) ? await chalkPaint() : plainPaint,
    width: stream.isTTY ? Math.max(stream.columns || 80, 20) : Number.POSITIVE_INFINITY,
    live: stream.isTTY && stream.getColorDepth() > 1,
  };
}

/** Node knows NO_COLOR, FORCE_COLOR, TERM=dumb and CI; it tells by what it does. */
function isColorful(stream: NodeJS.WriteStream): boolean {
  return styleText('bold', 'x', { stream }) !== 'x';
}

async function chalkPaint(): Promise<Paint> {
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}
