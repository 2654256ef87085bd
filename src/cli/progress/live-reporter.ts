import type { Progress } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';
import { shortened } from '../table.ts';
import { progressLine } from './line.ts';
import type { ProgressReporter } from './reporter.ts';

const ERASE = '\r\u001b[2K';
const BAR = 20;

/** Milliseconds between two drawings of the live line. */
const PACE = 40;

interface Count {
  settled: number;
  total: number;
}

/**
 * For a terminal: a line for each task that ran, and below them one line that is written over: how far it is, and what is running.
 * Tasks taken from the cache only count. `now` is in milliseconds.
 */
export function liveReporter(write: (text: string) => void, screen: Screen, now: () => number): ProgressReporter {
  const running = new Set<string>();
  let count: Count = { settled: 0, total: 0 };
  let drawnAt = Number.NEGATIVE_INFINITY;

  const draw = (): void => {
    if (now() - drawnAt < PACE) return;
    drawnAt = now();
    write(`${ERASE}${liveLine(count, [...running], screen)}`);
  };
  const above = (line: string): void => {
    write(`${ERASE}${line}\n`);
    drawnAt = Number.NEGATIVE_INFINITY;
    draw();
  };
  return {
    show(progress) {
      count = counted(progress, count);
      follow(progress, running);
      if (isWorthALine(progress)) above(progressLine(progress, screen.paint));
      else draw();
    },
    note: (text) => above(screen.paint.yellow(text)),
    close: () => write(ERASE),
  };
}

function counted(progress: Progress, before: Count): Count {
  if (progress.type === 'mission') return { settled: 0, total: progress.total };
  if (progress.type === 'task') return { settled: progress.settled, total: progress.total };
  return before;
}

function follow(progress: Progress, running: Set<string>): void {
  if (progress.type !== 'task') return;
  if (progress.state === 'running') running.add(progress.task);
  else running.delete(progress.task);
}

function isWorthALine(progress: Progress): boolean {
  return progress.type !== 'task' || (progress.state !== 'running' && progress.state !== 'cached');
}

function liveLine({ settled, total }: Count, running: readonly string[], { paint, width }: Screen): string {
  const filled = total === 0 ? 0 : Math.round((settled / total) * BAR);
  const counter = `${settled}/${total}`;
  const names = shortened(running.map(oneLine).join(', '), Math.max(0, width - BAR - counter.length - 6));
  const isRoomy = width > BAR + counter.length + 6;
  const bar = `[${paint.green('#'.repeat(filled))}${paint.dim('-'.repeat(BAR - filled))}] `;
  return `${isRoomy ? bar : ''}${counter}${isRoomy && names !== '' ? `  ${paint.dim(names)}` : ''}`;
}
