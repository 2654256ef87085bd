import type { JSX } from 'preact';

import { counted } from '../../../base/text.ts';
import { shapeOf } from '../../../runtime/report/html/state-mark.ts';
import type { TimeScale } from '../../../runtime/report/html/time-scale.ts';
import type { Report, ReportAttempt } from '../../../runtime/report/model/report.ts';
import { Bar, LABEL, ROW, rounded, xOf } from './timeline-bar.tsx';

/** More attempts are drawn by lane and outcome, and those that touch each other are one stretch. */
const MOST_BARS = 1000;

/** What ran in each lane, however much that was. */
export function Lanes({ report, scale, lanes }: { report: Report; scale: TimeScale; lanes: number }): JSX.Element {
  const all = report.tasks
    .flatMap(({ id, attempts }) => attempts.map((attempt) => ({ id, attempt })))
    .filter(({ attempt }) => attempt.lane <= lanes);
  const now = report.asOf.time;
  return (
    <>
      {Array.from({ length: lanes }, (_, at) => (
        <text key={at} class="label" x={LABEL - 12} y={at * ROW + 14}>
          lane {at + 1}
        </text>
      ))}
      {all.length > MOST_BARS ? (
        <Stretches attempts={all.map(({ attempt }) => attempt)} scale={scale} now={now} />
      ) : (
        all.map(({ id, attempt }) => (
          <Bar
            key={`${id} ${attempt.number}`}
            task={id}
            attempt={attempt}
            y={(attempt.lane - 1) * ROW + 4}
            now={now}
            scale={scale}
          />
        ))
      )}
    </>
  );
}

function Stretches({ attempts, scale, now }: { attempts: readonly ReportAttempt[]; scale: TimeScale; now: number }): JSX.Element {
  const alike = Map.groupBy(attempts, ({ lane, outcome }) => `${lane} ${outcome}`);
  return (
    <>
      {[...alike].map(([key, own]) => {
        const { lane = 1, outcome = 'succeeded' } = own[0] ?? {};
        const stretches = stretchesOf(own, { scale, now });
        const y = (lane - 1) * ROW + 4;
        return (
          <g key={key} class={`s-${shapeOf(outcome)}`}>
            <path
              class={`bar b-${outcome}`}
              d={stretches.map(({ from, to }) => `M${rounded(from)} ${y}H${rounded(to)}v12H${rounded(from)}z`).join('')}
            />
            {outcome === 'failed' ? (
              <path
                class="cross"
                d={stretches.map(({ from, to }) => `M${rounded((from + to) / 2 - 3)} ${y + 3}l6 6m0-6-6 6`).join('')}
              />
            ) : null}
            <title>
              lane {lane}: {counted(own.length, 'attempt')}, {outcome}
            </title>
          </g>
        );
      })}
    </>
  );
}

interface Stretch {
  from: number;
  to: number;
}

/** Where in the drawing these attempts are: what is less than half a unit apart is one. */
function stretchesOf(attempts: readonly ReportAttempt[], { scale, now }: { scale: TimeScale; now: number }): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { start, end } of attempts.toSorted((a, b) => a.start - b.start)) {
    const from = xOf(scale, start);
    const to = Math.max(from + 2.5, xOf(scale, end ?? now));
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to + 0.5) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}
