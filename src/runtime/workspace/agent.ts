import type { Digest } from '../../base/digest.ts';
import type { Task } from '../../spec/model.ts';
import type { Chronicle } from '../policy/agent-event.ts';
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
  /** Left out where it is not. */
  executable?: true;
}

/**
 * Does tasks. `perform` must not throw for a task it cannot do: it returns `failed` with the reason; what it throws is a defect
 * of the agent, and counts as a failed attempt too, but for `WORKSPACE_FULL`, which ends the mission for now, and `WORKER_LOST`, after which the task is tried
 * again as after a crash. It stops soon after `signal` is aborted.
 */
export interface Agent {
  readonly name: string;
  /** What decides, beside the brief, what it does with the task: part of the task's key. */
  versionFor(task: Task): string;
  /** More of that, by name: each is an input of its own in the task's key. */
  inputsFor?(task: Task): Readonly<Record<string, string>>;
  /** What it is given for an attempt at the task; without it, nothing but the task. */
  grantFor?(task: Task): Grant;
  /** `chronicle` takes what happens to it meanwhile, and is closed when the promise settles. */
  perform(brief: Brief, signal: AbortSignal, chronicle: Chronicle): Promise<AgentResult>;
}

/** What an agent works under. */
export interface Grant {
  /** Energy units. */
  energy: number;
  /** What is around it: `srt`, or `none`. Left out where it is part of this program. */
  sandbox?: string;
  /** The mission whose models answer again as they did then. */
  replayOf?: string;
}

/** What an agent is called for the length of one attempt, in every entry that speaks of it. */
export function agentIdOf(agent: string, { task, attempt }: Pick<Brief, 'attempt'> & { task: Pick<Task, 'id'> }): string {
  return `${agent}/${task.id}/${attempt}`;
}

/** Under what an attempt was made, for the evidence. */
export interface Conditions {
  /** What was around it: `srt`, or `none`. */
  sandbox: string;
  /** What it was told, in the content store. */
  brief: Digest;
  /** Of the profile that it worked under, narrowed as it was. */
  profile: Digest;
}

/** How an attempt came out. `removed`: paths of `tree()` that are to be no more; `transcript`: what was said, in the content store. */
export type AgentResult =
  | {
      outcome: 'done';
      files: OutputFile[];
      removed?: readonly string[];
      usage?: Usage;
      conditions?: Conditions;
      transcript?: Digest;
    }
  | { outcome: 'failed'; reason: string; usage?: Usage; conditions?: Conditions; transcript?: Digest };
