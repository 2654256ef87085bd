import { setTimeout as wait } from 'node:timers/promises';

import { messageOf } from '../../base/errors.ts';
import type { GraphView, LogLine, LogsView, MissionView } from '../../runtime/app/views.ts';
import type { SteerWord } from './view/steer-word.ts';

/** Where a mission is watched and steered: here, or at a control plane. */
export interface MonitorSource {
  graph: () => Promise<GraphView>;
  /** Entries behind position `after`; all if undefined. */
  logs: (after: number | undefined) => Promise<LogsView>;
  /** Resolves when it is done; where that runs the mission, when the mission has ended or waits. */
  steer: (word: SteerWord, about: { task?: string; note?: string }) => Promise<MissionView>;
}

export interface Feed {
  take: (lines: readonly LogLine[]) => void;
  /** What stands in the way; undefined once it works again. */
  trouble: (message: string | undefined) => void;
  signal: AbortSignal;
  /** Milliseconds between two looks. */
  pace: number;
}

/** Milliseconds until one who could not be asked is asked again. */
const AGAIN = 2_000;

/** Hands over every entry of a mission, once and in order, until `signal` is aborted. What fails is tried again from where it was. */
export async function feedFrom(source: Pick<MonitorSource, 'logs'>, { take, trouble, signal, pace }: Feed): Promise<void> {
  let after: number | undefined;
  let failing = false;
  while (!signal.aborted) {
    let rest = pace;
    try {
      const { items } = await source.logs(after);
      if (failing) trouble(undefined);
      failing = false;
      after = items.at(-1)?.seq ?? after;
      take(items);
      if (items.length > 0) rest = Math.min(pace, 20);
    } catch (error) {
      failing = true;
      trouble(messageOf(error));
      rest = AGAIN;
    }
    await wait(rest, undefined, { signal }).catch(() => undefined);
  }
}
