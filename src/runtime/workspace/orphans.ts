import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How long ended processes may take to be gone, milliseconds. */
const GRACE = 2_000;

/**
 * Ends what a writer that died had started in the workspace's scratch folder, and removes what it left there. Every process of ours has its
 * HOME below that folder (`cleanEnvironment`), and so has whatever it starts, also in another session, unless that takes another HOME and moves to
 * another folder as well: who has it, and is alive while we hold the writer lock, belongs to nobody. Returns how many were ended.
 *
 * Reads `/proc`: on systems without it nothing is found; there only the process groups that ended with their leader are covered.
 */
export async function endOrphans(scratch: string): Promise<number> {
  const ended = orphansIn(scratch).filter((pid) => end(pid));
  // To look for them takes the longer the more runs here: where none was found, none is waited for.
  const isThere = () => ended.length > 0 && orphansIn(scratch).length > 0;
  for (let waited = 0; waited < GRACE && isThere(); waited += 20) await wait(20);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  return ended.length;
}

/** Pids of processes whose HOME or working folder lies in the folder. */
export function orphansIn(scratch: string): number[] {
  const places = [...new Set([scratch, resolved(scratch)])].map((place) => `${place}/`);
  return processes().filter((pid) => {
    const environment = `\0${read(join('/proc', String(pid), 'environ')) ?? ''}`;
    const folder = `${linkOf(join('/proc', String(pid), 'cwd')) ?? ''}/`;
    return places.some((place) => environment.includes(`\0HOME=${place}`) || folder.startsWith(place));
  });
}

/** Ends the processes that have this very HOME, whatever session they are in. */
export async function endProcessesOf(home: string): Promise<void> {
  const theirs = () =>
    processes().filter((pid) => `\0${read(join('/proc', String(pid), 'environ')) ?? ''}`.includes(`\0HOME=${home}\0`));
  for (let waited = 0; waited < GRACE && theirs().filter((pid) => end(pid)).length > 0; waited += 20) await wait(20);
}

function processes(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) && Number(name) !== process.pid ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** What belongs to others, or has gone meanwhile, cannot be read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function end(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
