/** Milliseconds since the first timestamp it was given. A wall clock may be set back; in order of the log, time stands still instead. */
export function steadyTime(): (at: string) => number {
  let origin: number | undefined;
  let latest = 0;
  return (at) => {
    const now = Date.parse(at);
    if (Number.isNaN(now)) return latest;
    origin ??= now;
    latest = Math.max(latest, now - origin);
    return latest;
  };
}
