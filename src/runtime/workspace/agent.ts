import type { Task } from '../../spec/model.ts';
import type { ArtifactType, Tree } from '../vault/artifact.ts';
import type { Usage } from './usage.ts';

/** What an agent is told: its task, and what the tasks it needs have left. */
export interface Brief {
  mission: string;
  task: Task;
  /** From 1. */
  attempt: number;
  /** Outputs of the tasks it needs, by task id. */
  needs: ReadonlyMap<string, Tree>;
  /** Every file that is there when it starts: what all of its needs have left, direct or not. */
  tree(): Tree;
  /** Content of a file in `tree()`. */
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
 * of the agent, and counts as a failed attempt too, but for `WORKSPACE_FULL`, which ends the mission for now. It stops soon after `signal` is aborted.
 */
export interface Agent {
  readonly name: string;
  /** What decides, beside the brief, what it does with the task: part of the task's key. */
  versionFor(task: Task): string;
  perform(brief: Brief, signal: AbortSignal): Promise<AgentResult>;
}

export type AgentResult =
  | { outcome: 'done'; files: OutputFile[]; usage?: Usage }
  | { outcome: 'failed'; reason: string; usage?: Usage };
