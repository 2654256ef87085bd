import type { Readable, Writable } from 'node:stream';

/** The walls around one process and all that it starts. Paths are absolute and real. */
export interface Confinement {
  /** The copy it works in: its current folder, writable but for `denyWrite`. */
  workspace: string;
  /** Its own, writable. */
  home: string;
  temp: string;
  /** Readable besides the system and the toolchains. */
  read: readonly string[];
  denyRead: readonly string[];
  denyWrite: readonly string[];
  /** `host:port` that it may reach; the model gateway is one of them. */
  hosts: readonly string[];
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  limits: Limits;
}

export interface Limits {
  processes: number;
  memoryBytes: number;
  /** Of one file. */
  fileBytes: number;
  /** Of everything it writes; watched. */
  diskBytes: number;
  wallMs: number;
}

export type ConfinedEnd = 'exited' | 'signalled' | 'timeout' | 'disk' | 'aborted';

export interface ConfinedProcess {
  stdin: Writable;
  stdout: Readable;
  /** Last characters of stderr. */
  stderr(): string;
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
  missing(): Promise<readonly { what: string; hint: string }[]>;
  /** Throws `SANDBOX_MISSING` (exit 4) rather than starting anything unconfined. */
  start(argv: readonly [string, ...string[]], confinement: Confinement, signal: AbortSignal): Promise<ConfinedProcess>;
}
