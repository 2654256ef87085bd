import { messageOf } from '../../base/errors.ts';
import type { MissionView } from '../../runtime/app/views.ts';
import type { InkParts } from './ink/load-ink.ts';
import { MonitorSession } from './session.ts';
import type { MonitorSource, Said } from './source.ts';
import type { MonitorTerminal } from './terminal.ts';
import type { MissionModel } from './model/mission-model.ts';
import type { SteerWord } from './view/steer-word.ts';

/** Signals for what a word sets going in this process. */
export interface Signals {
  drain: AbortSignal;
  stop: AbortSignal;
}

export interface WatchOptions {
  source: Omit<MonitorSource, 'steer'>;
  steer: (word: SteerWord, about: Said, signals: Signals) => Promise<MissionView>;
  terminal: MonitorTerminal;
  parts: InkParts;
  pace: number;
}

/**
 * Shows a mission until somebody leaves. What is resumed or retried where nobody else runs the mission runs here: then Ctrl-C is as in `apply`, and leaving
 * waits for what runs.
 */
export async function watch({ source, steer, terminal, parts, pace }: WatchOptions): Promise<MissionModel> {
  const running = new Set<{ drain: AbortController; stop: AbortController }>();
  const say: MonitorSource['steer'] = async (word, about) => {
    const run = { drain: new AbortController(), stop: new AbortController() };
    running.add(run);
    try {
      return await steer(word, about, { drain: run.drain.signal, stop: run.stop.signal });
    } finally {
      running.delete(run);
      if (run.drain.signal.aborted && running.size === 0) session.close();
    }
  };
  const interrupt = (): void => {
    const again = [...running].every(({ drain }) => drain.signal.aborted);
    for (const { drain, stop } of running) (again ? stop : drain).abort();
    session.note(again ? 'stopping' : 'finishing running tasks, press again to stop');
  };
  const session = await MonitorSession.open({
    source: { ...source, steer: say },
    terminal,
    parts,
    pace,
    drives: () => running.size > 0,
    interrupt,
  });
  try {
    await session.left;
  } catch (error) {
    terminal.output.write(`The monitor cannot be shown: ${messageOf(error)}\n`);
    throw error;
  }
  return session.store.model;
}
