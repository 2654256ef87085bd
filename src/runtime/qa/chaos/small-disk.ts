import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { findProgram } from '../runners/machine.ts';
import type { ProbePlace } from '../probes/probe.ts';

/** A folder of a process that can be full. */
export interface DiskFault {
  /** In the copy of the project. */
  folder: string;
  /** Bytes; default 16 MiB. */
  size?: number;
}

const SIZE = 16 * 2 ** 20;

/** The longest that filling or emptying it may take. */
const PATIENCE_MS = 30_000;

/**
 * Fills the folder as long as the one file is there, in the background of the program: it is in the same namespace of mounts, where nobody else could write.
 * What the program takes away is filled again.
 */
const KEEPER = `
disk=$1 want=$2 is=$3; shift 3
keep() {
  while :; do
    if [ -e "$want" ]; then cat /dev/zero >> "$disk/.full" 2>/dev/null; : > "$is"; else rm -f "$disk/.full" "$is"; fi
    sleep 0.05
  done
}
keep <&- >/dev/null 2>&1 &
exec "$@"
`;

/**
 * A file system in memory, of its own and small, in place of one folder of a process: it can be filled without anybody else being short of room, and what the
 * process is told is what a full disk tells. Empty whenever the process starts. Built by bubblewrap.
 */
export class SmallDisk {
  readonly #folder: string;
  readonly #size: number;
  readonly #want: string;
  readonly #is: string;
  readonly #bwrap: string;

  /** `scratch`: a folder outside of the copy. Throws an error for people where there is no bubblewrap, or the folder lies elsewhere. */
  constructor({ folder, size = SIZE }: DiskFault, { folder: copy, env }: ProbePlace, scratch: string) {
    const plain = normalize(folder);
    if (isAbsolute(plain) || plain.startsWith('..') || plain === '.')
      throw new Error(`the disk ${folder} is no folder in the project.`);
    const bwrap = findProgram('bwrap', { path: env['PATH'] ?? '', home: '' });
    if (bwrap === undefined) throw new Error('a full disk needs bubblewrap, which is not on PATH: `apt-get install bubblewrap`.');
    [this.#bwrap, this.#folder, this.#size] = [bwrap, join(copy, plain), size];
    [this.#want, this.#is] = [join(scratch, 'full'), join(scratch, 'is-full')];
    mkdirSync(dirname(this.#want), { recursive: true });
    mkdirSync(this.#folder, { recursive: true });
  }

  /** How the process is started instead. */
  around(argv: readonly string[]): [string, ...string[]] {
    const walls = ['--dev-bind', '/', '/', '--size', String(this.#size), '--tmpfs', this.#folder, '--die-with-parent'];
    return [this.#bwrap, ...walls, '--', 'sh', '-c', KEEPER, 'sh', this.#folder, this.#want, this.#is, ...argv];
  }

  /** Throws an error for people if it does not come about: the process has not come up, or is suspended. */
  async fill(): Promise<void> {
    writeFileSync(this.#want, '');
    await this.#until(() => existsSync(this.#is), 'could not be filled');
  }

  async empty(): Promise<void> {
    rmSync(this.#want, { force: true });
    await this.#until(() => !existsSync(this.#is), 'could not be emptied');
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(20)) if (done()) return;
    throw new Error(`${this.#folder} ${what}.`);
  }
}
