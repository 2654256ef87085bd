import { describe, expect, it } from 'vitest';

import { eventReporter } from '../../src/cli/progress/event-reporter.ts';
import { liveReporter } from '../../src/cli/progress/live-reporter.ts';
import { streamReporter } from '../../src/cli/progress/stream-reporter.ts';
import { plainPaint } from '../../src/cli/screen.ts';
import type { Progress } from '../../src/runtime/app/views.ts';
import { checkDocuments } from './check-documents.ts';
import { plainScreen } from './plain-screen.ts';

const task = { type: 'task', title: 'A', kind: 'contract', total: 3 } as const;
const PROGRESS: Progress[] = [
  { type: 'mission', mission: '0199', title: 'Parcels', total: 3, resumed: false, workspace: '/w' },
  { ...task, task: 'contract:a', state: 'running', settled: 0 },
  { ...task, task: 'contract:a', state: 'succeeded', settled: 1, elapsed: 120 },
  { ...task, task: 'contract:b', state: 'cached', settled: 2 },
  { ...task, task: 'contract:c', state: 'failed', settled: 3, elapsed: 4000, reason: 'no\u001b[2J\ngood' },
  { type: 'gate', result: 'fail', reasons: ['1 task failed'] },
];

describe('streamReporter', () => {
  it('writes one line for each change, with stable first words and nothing a terminal obeys', () => {
    const written: string[] = [];
    const reporter = streamReporter((text) => written.push(text), plainScreen);
    for (const progress of PROGRESS) reporter.show(progress);
    reporter.note('finishing');
    expect(written.join('')).toBe(`mission start   0199  Parcels, 3 tasks
task    start   contract:a
task    ok      contract:a  0.12s
task    cached  contract:b
task    failed  contract:c  4.00s  no good
gate    fail    1 task failed
finishing
`);
  });
});

describe('liveReporter', () => {
  const ERASE = '\r\u001b[2K';

  function show(width: number, step: number): string {
    let written = '';
    let now = 0;
    const reporter = liveReporter(
      (text) => (written += text),
      { paint: plainPaint, width, live: true },
      () => (now += step),
    );
    for (const progress of PROGRESS) reporter.show(progress);
    reporter.close();
    return written;
  }

  /** What is on the screen when all is written. */
  function screenOf(written: string): string[] {
    return written.split('\n').map((line) => line.slice(line.lastIndexOf(ERASE) + ERASE.length));
  }

  it('leaves a line for what ran, none for the cache, and no live line', () => {
    expect(screenOf(show(80, 1000))).toEqual([
      'mission start   0199  Parcels, 3 tasks',
      'task    ok      contract:a  0.12s',
      'task    failed  contract:c  4.00s  no good',
      'gate    fail    1 task failed',
      '',
    ]);
  });

  it('shows how far it is and what runs', () => {
    expect(show(80, 1000)).toContain(`${ERASE}[--------------------] 0/3  contract:a`);
    expect(show(80, 1000)).toContain(`${ERASE}[#############-------] 2/3`);
  });

  it('never draws a live line wider than the terminal', () => {
    for (const width of [20, 30, 40]) {
      const live = show(width, 1000)
        .split(ERASE)
        .filter((part) => !part.includes('\n'));
      expect(Math.max(...live.map((line) => line.length))).toBeLessThan(width);
    }
  });

  it('draws at a pace, however fast tasks settle', () => {
    let written = 0;
    const reporter = liveReporter(
      () => written++,
      { paint: plainPaint, width: 80, live: true },
      () => 7,
    );
    for (let settled = 0; settled < 1000; settled++) reporter.show({ ...task, task: 't', state: 'cached', settled });
    expect(written).toBe(1);
  });
});

describe('eventReporter', () => {
  it('writes CloudEvents about the mission, one a line', () => {
    let written = '';
    const reporter = eventReporter((text) => (written += text));
    for (const progress of PROGRESS) reporter.show(progress);
    checkDocuments(written);
    const events = written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, source, subject }) => [type, source, subject])).toEqual([
      ['dev.agentnexus.mission.started', '/missions/0199', undefined],
      ['dev.agentnexus.task.started', '/missions/0199', 'contract:a'],
      ['dev.agentnexus.task.succeeded', '/missions/0199', 'contract:a'],
      ['dev.agentnexus.task.cached', '/missions/0199', 'contract:b'],
      ['dev.agentnexus.task.failed', '/missions/0199', 'contract:c'],
      ['dev.agentnexus.gate.decided', '/missions/0199', undefined],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });
});
