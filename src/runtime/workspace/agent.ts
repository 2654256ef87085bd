import type { Task } from '../../spec/model.ts';
import type { ArtifactType, Tree } from '../vault/artifact.ts';

/** What an agent is told: its task, and what the tasks it needs have left. */
export interface Brief {
  mission: string;
  task: Task;
  /** From 1. */
  attempt: number;
  /** Outputs of the tasks it needs, by task id. */
  needs: ReadonlyMap<string, Tree>;
  /** Content of a file in `needs`. */
  read(path: string): Uint8Array;
  /** Why the last attempt was not accepted. */
  feedback?: string;
}

/** A file the agent leaves behind. */
export interface OutputFile {
  /** Relative to the product's root, with `/`. */
  path: string;
  content: string | Uint8Array;
  type: ArtifactType;
}

/**
 * Does tasks. `perform` must not throw for a task it cannot do: it returns `failed` with the reason; what it throws is a defect
 * of the agent, and counts as a failed attempt too. It stops soon after `signal` is aborted.
 */
export interface Agent {
  readonly name: string;
  /** Part of every task key: another version may do another thing. */
  readonly version: string;
  readonly abilities: readonly Task['ability'][];
  perform(brief: Brief, signal: AbortSignal): Promise<AgentResult>;
}

export type AgentResult = { outcome: 'done'; files: OutputFile[] } | { outcome: 'failed'; reason: string };
