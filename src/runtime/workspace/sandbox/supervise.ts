import { CappedOutput } from '../capped-output.ts';
import type { OpenProcess } from '../open-process.ts';
import { type ProcessExit, withinGrace } from '../supervise.ts';
import { folderUsage } from './folder-usage.ts';
import { isMemoryScarce, type TreeUsage, treeUsage } from './process-tree.ts';
import { reopen } from './prepare-folders.ts';
import { outermost } from './within.ts';
import type { ConfinedEnd, ConfinedProcess, Confinement } from './sandbox.ts';

/** Characters of stderr that are kept. */
const STDERR_LIMIT = 16_384;

/** How often memory is looked at. */
const MEMORY_MS = 100;
/** Between two looks at the disk, and at least ten times what a look takes. */
const DISK_MS = 500;

/** After the process is gone, how long to wait for whoever still holds its pipes. */
const PIPE_GRACE_MS = 500;

interface Supervised {
  process: OpenProcess;
  /** How what is confined ended, or the process itself before it could tell. */
  exit: Promise<ProcessExit>;
  /** Whether it is only the one that started what is confined. */
  launcher: boolean;
  confinement: Confinement;
  signal: AbortSignal;
  violations: () => readonly string[];
  /** Ends what the process group does not hold, and takes away what was put up for it. */
  after: () => void | Promise<void>;
}

/** Holds a running process to its limits, ends it when they are passed or somebody says so, and tells how it ended. */
export function supervise({
  process: running,
  launcher,
  confinement,
  signal,
  exit,
  violations,
  after,
}: Supervised): ConfinedProcess {
  const { limits, workspace, home, temp } = confinement;
  const usage = () => treeUsage(running.pid, { itself: !launcher });
  const stderr = new CappedOutput(STDERR_LIMIT);
  running.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  let reason: ConfinedEnd | undefined;
  const stop = (why: ConfinedEnd) => {
    reason ??= why;
    running.kill();
  };
  const aborted = () => stop('aborted');
  signal.addEventListener('abort', aborted);
  if (signal.aborted) aborted();
  const wall = setTimeout(() => stop('timeout'), limits.wallMs);
  const memory = setInterval(() => {
    if (usage().memoryBytes > limits.memoryBytes || isMemoryScarce()) stop('memory');
  }, MEMORY_MS);
  const disk = watchDisk(outermost([workspace, home, temp]), { usage, enough: limits.diskBytes, exceeded: () => stop('disk') });
  const disarm = () => {
    clearTimeout(wall);
    clearInterval(memory);
    disk.stop();
    signal.removeEventListener('abort', aborted);
  };
  const ended = exit.then(async ({ code, signal: by }) => {
    disarm();
    // The group goes with its leader, whatever that one's end was.
    running.kill();
    await withinGrace(closed(running), PIPE_GRACE_MS);
    await after();
    reopen(outermost([workspace, home, temp]));
    return { ended: reason ?? (by === undefined ? 'exited' : 'signalled'), code, signal: by } as const;
  });
  const { stdin, stdout, stderr: errors, records } = running;
  return { stdin, stdout, stderr: () => stderr.text(), errors, records, violations, ended, kill: aborted };
}

function watchDisk(
  folders: readonly string[],
  { usage, enough, exceeded }: { usage: () => TreeUsage; enough: number; exceeded: () => void },
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async () => {
    const began = performance.now();
    const bytes = (await folderUsage(folders, enough)) + usage().namelessBytes;
    if (stopped) return;
    if (bytes > enough) exceeded();
    else timer = setTimeout(() => void look(), Math.max(DISK_MS, 10 * (performance.now() - began)));
  };
  timer = setTimeout(() => void look(), DISK_MS);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What is ours to read to its end; stdout is read by whoever speaks with the process, and may never be. */
async function closed({ stderr, channel }: OpenProcess): Promise<void> {
  const open = [stderr, channel].filter((stream) => !stream.destroyed && !stream.readableEnded);
  await Promise.all(open.map((stream) => new Promise((resolve) => stream.once('end', resolve).once('close', resolve))));
}
