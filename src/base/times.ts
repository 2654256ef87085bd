/** `0.12s`, `48.1s`, `2m05s`, `1h02m`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)}s`;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** Time between two timestamps, or `` if the second has not come yet. */
export function between(startedAt: string | null, finishedAt: string | null): string {
  if (startedAt === null || finishedAt === null) return '';
  return duration(Date.parse(finishedAt) - Date.parse(startedAt));
}

/** `2026-05-01 10:00:00Z`: sortable, and the same for everybody. */
export function moment(timestamp: string): string {
  return timestamp.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
