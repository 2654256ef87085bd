import { setTimeout as wait } from 'node:timers/promises';

import type { LogsView, StatusView } from '../runtime/app/views.ts';

/** Milliseconds between two looks at the log. */
const PACE = 250;

export interface Questions {
  /** Entries behind position `after`; all if undefined. */
  logs(mission: string, after: number | undefined): Promise<LogsView>;
  status(mission: string): Promise<Pick<StatusView, 'id' | 'state'>>;
}

/** The entries of a mission as they come, in batches that are not empty, until it has ended and all has been told. */
export async function* followMission(name: string, ask: Questions, { pace = PACE } = {}): AsyncGenerator<LogsView> {
  const { id } = await ask.status(name);
  let after: number | undefined;
  for (;;) {
    // Asked before the entries: what ended the mission is then among them.
    const { state } = await ask.status(id);
    const view = await ask.logs(id, after);
    after = view.items.at(-1)?.seq ?? after;
    if (view.items.length > 0) yield view;
    else if (state === 'succeeded' || state === 'failed' || state === 'cancelled') return;
    else await wait(pace);
  }
}
