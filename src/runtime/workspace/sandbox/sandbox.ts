import type { Duplex, Readable, Writable } from 'node:stream';

/** The walls around one process and all that it starts. Paths are absolute and real. */
export interface Confinement {
  /** The copy it works in: its current folder, writable but for `denyWrite`. One process at a time. */
  workspace: string;
  /** Its own, writable. */
  home: string;
  temp: string;
  /** Readable besides the system, the folders of PATH, and the program itself. */
  read: readonly string[];
  denyRead: readonly string[];
  denyWrite: readonly string[];
  /** `host:port` that it may reach; the model gateway is one of them. */
  hosts: readonly string[];
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  limits: Limits;
  /** Opens a further pipe to it, its file descriptor 3. */
  records?: boolean;
}

export interface Limits {
  /** Threads count, as the kernel counts them. */
  processes: number;
  /** Of all processes together: watched; one that grows much beyond it at once is stopped by the kernel. */
  memoryBytes: number;
  /** Of one file. */
  fileBytes: number;
  /** Of everything it writes; watched. */
  diskBytes: number;
  wallMs: number;
}

/** Enough for an agent that builds and tests a package; a machine survives several. */
export const DEFAULT_LIMITS: Limits = {
  processes: 512,
  memoryBytes: 4 * 2 ** 30,
  fileBytes: 2 ** 30,
  diskBytes: 4 * 2 ** 30,
  wallMs: 3_600_000,
};

export type ConfinedEnd = 'exited' | 'signalled' | 'timeout' | 'disk' | 'memory' | 'aborted';

export interface ConfinedProcess {
  stdin: Writable;
  stdout: Readable;
  /** Last characters of stderr. */
  stderr(): string;
  /** stderr as it comes. */
  errors: Readable;
  /** Its file descriptor 3, both ways, where it has one. */
  records: Duplex;
  /** What the walls stopped, as far as they tell: for the log. */
  violations(): readonly string[];
  ended: Promise<{ ended: ConfinedEnd; code: number | undefined; signal: string | undefined }>;
  /** Ends it and all it started. */
  kill(): void;
}

export interface Sandbox {
  /** `srt` or `none`: what the evidence says. */
  readonly name: string;
  /** Why it cannot be used here, and what to install; empty if it can. */
  missing(): Promise<readonly Missing[]>;
  /** Begins with what takes long, for a process that is to come. */
  raise(): void;
  /** Resolves when the process is confined; throws `SANDBOX_MISSING` (exit 4) rather than starting anything unconfined. */
  start(argv: readonly [string, ...string[]], confinement: Confinement, signal: AbortSignal): Promise<ConfinedProcess>;
}

export interface Missing {
  what: string;
  hint: string;
}
