import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes what is known about a defect into a file of the system's temporary folder; returns its path, or undefined if that failed too. */
export function writeCrashReport(error: unknown, command: string): string | undefined {
  const path = join(tmpdir(), `agentnexus-defect-${Date.now()}-${process.pid}.txt`);
  try {
    writeFileSync(path, reportText(error, command), { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return undefined;
  }
}

/** Arguments may hold what must not be passed on, so only the command's name is in it. */
function reportText(error: unknown, command: string): string {
  const about = `spec-kit ${command}\nnode ${process.version}, ${process.platform} ${process.arch}\n`;
  return `${about}\n${traces(error).join('\ncaused by: ')}\n`;
}

function traces(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined || depth > 8 ? [own] : [own, ...traces(error.cause, depth + 1)];
}
