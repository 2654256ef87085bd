/** Ctrl-C while a mission runs: once to finish what is running, twice to stop it, three times to leave at once. */
export interface Interrupt {
  drain: AbortSignal;
  stop: AbortSignal;
  /** Gives the signals back to the system. */
  dispose: () => void;
}

const DRAINING = 'finishing running tasks, press again to stop';
const STOPPING = 'stopping; run the same command again to go on';

/**
 * Takes over SIGINT and SIGTERM (which does not ask twice) until `dispose`. `note` tells the user what will happen; `draining`, what the first Ctrl-C does where it
 * is something else.
 */
export function takeInterrupts(note: (text: string) => void, draining = DRAINING): Interrupt {
  const drain = new AbortController();
  const stop = new AbortController();
  const onInterrupt = (): void => {
    if (stop.signal.aborted) process.exit(130);
    note(drain.signal.aborted ? STOPPING : draining);
    if (drain.signal.aborted) stop.abort();
    drain.abort();
  };
  const onTerminate = (): void => {
    note(STOPPING);
    drain.abort();
    stop.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    drain: drain.signal,
    stop: stop.signal,
    dispose() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
