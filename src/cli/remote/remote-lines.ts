import { setTimeout as wait } from 'node:timers/promises';

import { LiveStream } from '../../runtime/app/remote/live-stream.ts';
import { RemoteClient } from '../../runtime/app/remote/remote-client.ts';
import { findRemote } from '../../runtime/app/remote/remotes.ts';
import type { MonitorSource } from '../monitor/source.ts';

/** The entries of a mission of a control plane as its stream tells them; who follows again goes on where the last one stopped. */
export function remoteLines(remote: string, mission: string): NonNullable<MonitorSource['follow']> {
  const path = `/v1/missions/${encodeURIComponent(mission)}/events/stream`;
  let cursor: string | undefined;
  return async ({ take, trouble }, signal) => {
    const stream = new LiveStream(
      {
        // Looked up each time: a login may have been renewed.
        open: async (after, until) =>
          new RemoteClient(findRemote(remote)).open(path, {
            headers: { accept: 'text/event-stream', ...(after === undefined ? {} : { 'last-event-id': after }) },
            signal: until,
          }),
        onEvents: (events) => take(events.map(({ kind, cursor: _, ...line }) => ({ ...line, entry: kind }))),
        onState: ({ kind }) => {
          if (kind === 'live') trouble(undefined);
          else if (kind === 'waiting') trouble(`The line to ${remote} is cut; it is tried again.`);
        },
        onStart: () => undefined,
        wait: async (milliseconds, until) => wait(milliseconds, undefined, { signal: until }).catch(() => undefined),
        now: Date.now,
      },
      cursor,
    );
    const leave = (): void => stream.close();
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    await stream.run();
    signal.removeEventListener('abort', leave);
    ({ cursor } = stream);
  };
}
