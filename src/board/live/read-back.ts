import type { BoardEvent } from '../state/board-event.ts';
import { LiveStream } from '../../runtime/app/remote/live-stream.ts';

/** Reads the entries from `from` up to, but not including, `before`. */
export async function readBack(
  { epoch, from, before }: { epoch: string; from: number; before: number },
  open: (after: string | undefined, signal: AbortSignal) => Promise<Response>,
): Promise<BoardEvent[]> {
  if (from >= before) return [];
  const read: BoardEvent[] = [];
  const done = Promise.withResolvers<void>();
  const stream = new LiveStream(
    {
      open,
      onEvents(events) {
        read.push(...events.filter(({ seq }) => seq < before));
        if (events.some(({ seq }) => seq >= before - 1)) done.resolve();
      },
      onState(state) {
        if (state.kind === 'ended') done.resolve();
        // It is asked for again by whoever wants it.
        if (state.kind === 'refused' || state.kind === 'waiting') done.reject(new Error('Older entries could not be read.'));
      },
      onStart() {},
      wait: async () => {},
      now: () => 0,
    },
    `${epoch}.${from - 1}`,
  );
  void stream.run();
  await done.promise.finally(() => stream.close());
  return read;
}
