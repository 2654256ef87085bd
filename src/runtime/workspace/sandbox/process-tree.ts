import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What processes use. Reads `/proc`; without it everything is zero. */
export interface TreeUsage {
  /** Memory that is theirs alone, and that of file systems in memory which they can write to. */
  memoryBytes: number;
  /** Files that have no name any more and are still open: they fill a disk and are in no folder. */
  namelessBytes: number;
}

/** Of all that descend from a process, and of itself unless it is only the one that started them. */
export function treeUsage(root: number, { itself }: { itself: boolean }): TreeUsage {
  const pids = itself ? [root, ...descendants(root)] : descendants(root);
  const nameless = new Map<string, number>();
  let memoryBytes = 0;
  for (const pid of pids) {
    memoryBytes += ownMemory(pid);
    for (const [file, bytes] of namelessFiles(pid)) nameless.set(file, bytes);
  }
  return {
    memoryBytes: memoryBytes + memoryFileSystems(pids),
    namelessBytes: [...nameless.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Children of all threads, the root not counted. */
function descendants(root: number): number[] {
  const found: number[] = [];
  for (const queue = [root]; queue.length > 0;) {
    for (const child of childrenOf(queue.pop() ?? 0)) {
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}

function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return list(tasks).flatMap((task) =>
    text(join(tasks, task, 'children'))
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
}

/** proc(5), status: pages of its own, and those it shares by a mapping that has no file: who shares them counts them too. */
function ownMemory(pid: number): number {
  const kib = [...text(`/proc/${pid}/status`).matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)];
  return kib.reduce((sum, [, amount]) => sum + Number(amount) * 1024, 0);
}

/** Below this share of its memory a machine is about to kill something; memory that no process shows (System V, messages on their way) leads there. */
const SCARCE = 0.04;

/** Whether the machine as a whole is short of memory. */
export function isMemoryScarce(meminfo = text('/proc/meminfo')): boolean {
  const [total, available] = ['MemTotal', 'MemAvailable'].map((name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1]),
  );
  return total !== undefined && available !== undefined && available < SCARCE * total;
}

function* namelessFiles(pid: number): Generator<[file: string, bytes: number]> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of list(folder)) {
    const found = attempt(() => statSync(join(folder, fd)));
    if (found?.isFile() === true && found.nlink === 0) yield [`${found.dev}:${found.ino}`, found.blocks * 512];
  }
}

/** statfs(2): TMPFS_MAGIC. */
const TMPFS = 0x01021994;

/** Folders that are hidden by an empty file system in memory can be written to, and no limit of a process counts that. */
function memoryFileSystems(pids: readonly number[]): number {
  const seen = new Map<string, number>();
  for (const pid of pids) {
    // proc(5), mountinfo: id, parent, device, root, mount point, options, … - type, source, super options.
    for (const line of text(`/proc/${pid}/mountinfo`).split('\n')) {
      const [, device = '', point = '', options = ''] = /^\d+ \d+ (\S+) \/ (\S+) (\S+) .*- tmpfs /.exec(line) ?? [];
      if (point === '' || seen.has(device) || !options.split(',').includes('rw')) continue;
      const used = attempt(() => statfsSync(`/proc/${pid}/root${unescaped(point)}`));
      // What is mounted over it is no memory, and hides it.
      if (used?.type === TMPFS) seen.set(device, (used.blocks - used.bfree) * used.bsize);
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** proc(5): blanks and the like are octal there. */
function unescaped(point: string): string {
  return point.replace(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function list(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

function text(path: string): string {
  return attempt(() => readFileSync(path, 'latin1')) ?? '';
}

/** What has ended meanwhile, or is not ours to see, is not there. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
