import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { loadInk } from '../../../src/cli/monitor/ink/load-ink.ts';
import { MonitorSession, type SessionOptions } from '../../../src/cli/monitor/session.ts';
import type { LogLine, MissionView } from '../../../src/runtime/app/views.ts';
import { idOf, line, sampleGraph } from './sample-mission.ts';
import { type StubTerminal, stubTerminal } from './stub-terminal.ts';

/** Long enough for a busy machine. */
const SOON = { timeout: 10_000 };

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';
const HOME_AND_ERASE = '\u001b[H\u001b[J';

interface Shown {
  session: MonitorSession;
  terminal: StubTerminal;
  /** Lets the log grow. */
  grow: (...lines: LogLine[]) => void;
  /** What was asked of the mission. */
  said: string[];
  shows: (text: string | RegExp) => Promise<void>;
}

async function show(
  tasks: number,
  options: Partial<SessionOptions> & { linear?: boolean; size?: [number, number] } = {},
): Promise<Shown> {
  const { linear = false, size = [80, 24], ...more } = options;
  const terminal = stubTerminal(...size, { linear });
  const log: LogLine[] = [line('mission.created', null, { settings: {}, tasks })];
  const said: string[] = [];
  const session = await MonitorSession.open({
    terminal,
    parts: await loadInk(),
    pace: 10,
    drives: () => false,
    interrupt: () => said.push('interrupt'),
    source: {
      graph: async () => sampleGraph(tasks),
      logs: async (after = -1) => ({ kind: 'Logs', items: log.filter(({ seq }) => seq > after).slice(0, 10_000) }),
      steer: async (word, { task = '', note = '' }) => {
        said.push([word, task, note].join(' ').trim());
        return {} as MissionView;
      },
    },
    ...more,
  });
  onTestFinished(() => session.close());
  const shows = async (text: string | RegExp): Promise<void> => {
    await expect.poll(() => terminal.all(), SOON).toMatch(text);
  };
  return { session, terminal, said, shows, grow: (...lines) => void log.push(...lines) };
}

/** Until nothing more is drawn. */
async function quiet({ terminal }: Shown): Promise<void> {
  for (let before = ''; before !== terminal.all(); await wait(150)) before = terminal.all();
}

describe('the monitor on a terminal', () => {
  it('takes the screen, draws what happens, and gives the screen back', async () => {
    const shown = await show(40);
    await shown.shows('Sample  running');
    expect(shown.terminal.all().startsWith(ENTER)).toBe(true);
    expect(shown.terminal.isRaw()).toBe(true);
    shown.grow(line('task.started', 3, { attempt: 1 }));
    await shown.shows('▶ work:t00003');
    shown.terminal.type('q');
    await shown.session.left;
    expect(shown.terminal.all()).toContain(LEAVE);
    expect(shown.terminal.isRaw()).toBe(false);
  });

  it('writes little for what is small, and never clears, however many tasks there are', async () => {
    const shown = await show(10_000, { size: [200, 60] });
    await shown.shows('10,000 waiting');
    await quiet(shown);
    shown.terminal.fresh();
    shown.grow(line('task.started', 7, { attempt: 1 }));
    await shown.shows('1 running');
    await quiet(shown);
    shown.terminal.fresh();
    for (let at = 0; at < 10; at++) {
      shown.grow(line('agent.lifecycle', 7, { event: { agentId: `agent${at}`, lifecycle: 'spawned' } }));
      await shown.shows(`agent${at} spawned`);
    }
    const written = shown.terminal.fresh();
    for (const clear of ['\u001b[2J', '\u001b[3J', HOME_AND_ERASE]) expect(written).not.toContain(clear);
    expect(written.length / 10).toBeLessThan(1_500);
  });

  it('draws a storm of entries as a few screens', async () => {
    const shown = await show(10_000);
    await shown.shows('10,000 waiting');
    await quiet(shown);
    shown.terminal.fresh();
    for (let at = 0; at < 5_000; at++) {
      shown.grow(line('task.started', at, { attempt: 1 }), line('task.succeeded', at, { attempt: 1 }));
    }
    await shown.shows('5,000 ok');
    await quiet(shown);
    expect(shown.terminal.fresh().length).toBeLessThan(60_000);
  });

  it('follows the size of the terminal', async () => {
    const shown = await show(40);
    await shown.shows('Sample');
    shown.terminal.fresh();
    shown.terminal.resize(200, 60);
    await expect.poll(() => shown.terminal.all(), SOON).toContain('│');
    expect(shown.session.store.view).toMatchObject({ columns: 200, rows: 60 });
    // A line that was too long for a moment leaves the rest in the wrong place: all of it is drawn again.
    await expect.poll(() => shown.terminal.all().split(HOME_AND_ERASE)[1], SOON).toContain('Sample');
    shown.terminal.resize(80, 24);
    await expect.poll(() => shown.session.store.view.rows, SOON).toBe(24);
  });

  it('asks before it decides, and says what became of it', async () => {
    const shown = await show(5);
    shown.grow(line('approval.asked', 2));
    await shown.shows('must be approved');
    shown.terminal.type('a');
    await shown.shows('Approve work:t00002\\?'.replace('\\', ''));
    expect(shown.said).toEqual([]);
    shown.terminal.type('y');
    await shown.shows('done');
    expect(shown.said).toEqual([`approve ${idOf(2)}`]);
  });

  it('says what was refused, as text', async () => {
    const refused = async (): Promise<never> => {
      throw new Error('Mission m1 has \u001b[31mended.');
    };
    const log = [line('task.failed', 2, { attempt: 1, reason: 'No.' })];
    const source = { graph: async () => sampleGraph(5), steer: refused };
    const shown = await show(5, {
      source: { ...source, logs: async (after = -1) => ({ kind: 'Logs', items: log.filter(({ seq }) => seq > after) }) },
    });
    await shown.shows('1 failed');
    shown.terminal.type('!');
    shown.terminal.type('r');
    await shown.shows('again?');
    shown.terminal.type('y');
    await expect.poll(() => shown.terminal.all(), SOON).toContain('Mission m1 has ended.');
  });

  it('is drawn anew where something else has written over it', async () => {
    const shown = await show(5);
    await shown.shows('Sample');
    shown.terminal.fresh();
    shown.terminal.type('\u000c');
    await expect.poll(() => shown.terminal.all().split(HOME_AND_ERASE)[1], SOON).toMatch(/Sample[^]*work:t00004/);
  });

  it('changes to a plain stream and back', async () => {
    const shown = await show(5);
    await shown.shows('Sample');
    shown.terminal.type('s');
    await shown.shows('plain stream');
    shown.terminal.fresh();
    shown.grow(line('task.started', 1, { attempt: 1, title: 'x', taskKind: 'work' }));
    await shown.shows(/task {4}start {3}work:t00001\r\n/);
    shown.terminal.type('s');
    await expect.poll(() => shown.terminal.all().split(ENTER)[2], SOON).toContain('▶ work:t00001');
  });

  it('copies by OSC 52', async () => {
    const shown = await show(5);
    shown.grow(line('task.started', 1, { attempt: 1 }));
    await shown.shows('▶ work:t00001');
    shown.terminal.type('y');
    await shown.shows(']52;c;');
    const encoded = /\]52;c;([A-Za-z0-9+/=]+)/.exec(shown.terminal.all())?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString()).toContain('task.started  attempt=1');
  });

  it('does not leave a mission that runs here without an answer', async () => {
    const shown = await show(5, { drives: () => true });
    await shown.shows('Sample');
    shown.terminal.type('q');
    await shown.shows('finish what runs');
    shown.terminal.type('y');
    await expect.poll(() => shown.said, SOON).toEqual(['interrupt']);
    shown.terminal.type('\u0003');
    await expect.poll(() => shown.said, SOON).toEqual(['interrupt', 'interrupt']);
    expect(shown.terminal.all()).not.toContain(LEAVE);
  });

  it('reads as sentences for screen readers, on the normal screen', async () => {
    const shown = await show(5, { linear: true });
    await shown.shows('Sample: mission running, 5 tasks: 5 waiting.');
    expect(shown.terminal.all()).not.toContain(ENTER);
    expect(shown.terminal.all()).not.toMatch(/[─█│]/);
  });
});

describe('what feeds it', () => {
  it('tries again where it cannot ask, and leaves nothing out', async () => {
    let fails = 1;
    const log = Array.from({ length: 5 }, (_, at) => line('task.started', at, { attempt: 1 }));
    const shown = await show(5, {
      source: {
        graph: async () => sampleGraph(5),
        logs: async (after = -1) => {
          if (after >= 0 && fails-- > 0) throw new Error('nobody answers');
          return { kind: 'Logs', items: log.filter(({ seq }) => seq > after).slice(0, 2) };
        },
        steer: async () => ({}) as MissionView,
      },
    });
    await shown.shows('nobody answers');
    await shown.shows('5 running');
    expect(shown.session.store.model.version).toBe(5);
  });
});
