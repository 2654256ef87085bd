import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';

/** Programs of the system that build the walls, by absolute path: never looked up where others may write. */
export interface WallTools {
  bash: string;
  bwrap: string;
  socat: string;
  rg: string;
}

/** What is to be started, and the walls around it. */
export interface Launch {
  workspace: string;
  walls: Pick<SandboxRuntimeConfig, 'network' | 'filesystem'>;
  /** Readable where the launcher can read them; left out where it cannot. */
  mayRead: readonly string[];
  script: string;
  /** Hand on file descriptor 4, which becomes the process's 3. */
  records: boolean;
  env: Readonly<Record<string, string>>;
}

/** What the launcher is told on its channel, one JSON text a line: first its tools, then perhaps what to try, then what to start, and that somebody listens to it. */
export type LaunchOrder = { tools: WallTools } | { rehearsal: Launch } | { launch: Launch } | { go: true };

/** What it answers, likewise. */
export type LaunchNews =
  | { ready: true }
  | { started: true }
  | { failed: string }
  | { violations: readonly string[] }
  | { ended: { code: number | null; signal: string | null } };
