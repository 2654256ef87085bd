import type { JSX } from 'preact';

import { duration } from '../../../base/times.ts';
import { shapeOf } from '../../../runtime/report/html/state-mark.ts';
import type { TimeScale } from '../../../runtime/report/html/time-scale.ts';
import type { ReportAttempt } from '../../../runtime/report/model/report.ts';
import { shownText } from '../parts/shown-text.ts';

/** Units of the drawing: where times begin, how far they reach, how high a row is. */
export const LABEL = 236;
export const PLOT = 744;
export const ROW = 20;

export const xOf = (scale: TimeScale, time: number): number => LABEL + scale.at(time) * PLOT;

export const rounded = (value: number): number => Math.round(value * 100) / 100;

interface BarProps {
  task: string;
  attempt: ReportAttempt;
  y: number;
  now: number;
  scale: TimeScale;
}

/** One attempt. */
export function Bar({ task, attempt: { start, end, outcome, number, lane }, y, now, scale }: BarProps): JSX.Element {
  const x = xOf(scale, start);
  const width = Math.max(2.5, xOf(scale, end ?? now) - x);
  return (
    <g class={`s-${shapeOf(outcome)}`}>
      <rect class={`bar b-${outcome}`} x={rounded(x)} y={y} width={rounded(width)} height="12" rx="2.5" />
      {outcome === 'failed' ? (
        <path
          class={width < 10 ? 'cross beside' : 'cross'}
          d={`M${rounded(width < 10 ? x + width + 3 : x + width / 2 - 3)} ${y + 3}l6 6m0-6-6 6`}
        />
      ) : null}
      <title>
        {shownText(task, 120)}, attempt {number}: {outcome}, {duration((end ?? now) - start)}, lane {lane}
      </title>
    </g>
  );
}
