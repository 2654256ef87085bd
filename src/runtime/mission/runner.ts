import type { Digest } from '../../base/digest.ts';
import type { Task } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { Chronicle } from '../policy/agent-event.ts';
import type { Change, Tree } from '../vault/artifact.ts';
import type { Base } from './base.ts';
import type { MergedFile } from './integration.ts';
import type { Usage } from '../workspace/usage.ts';

/** One try at a task, with all it needs. */
export interface Attempt {
  mission: string;
  specification: { id: string; digest: Digest };
  task: Task;
  /** From 1. */
  number: number;
  key: Digest;
  /** Outputs of the direct needs, by task id. */
  needs: ReadonlyMap<string, Tree>;
  /** What the direct needs' outputs are known by, by task id. */
  inputs: ReadonlyMap<string, Digest>;
  /** Every file that exists below this task: outputs of all its needs, direct or not. */
  tree: () => Tree;
  /** Files of `tree` that no task has left as they are: what several had changed side by side was put together. */
  merged: () => MergedFile[];
  /** What was there before any task, if anything was. */
  base?: Base;
  /** RFC 3339. */
  startedAt: string;
  feedback?: string;
  /** Takes what happens to its agent while it runs. */
  chronicle: Chronicle;
  /** Where in the log that stands, once all of it does. */
  steps: () => Promise<readonly number[]>;
}

/**
 * How an attempt ended. Everything it names is in the content store before it is returned. `closing`: what became of its agent, which goes on record
 * also where the attempt was stopped and its end counts for nothing.
 */
export type AttemptResult = AttemptSuccess | AttemptFailure | AttemptLoss;

export interface AttemptSuccess {
  outcome: 'succeeded';
  /** Files the task adds to the product, or changes. */
  tree: Tree;
  /** Paths of what it takes out of it, ordered. */
  removed?: readonly string[];
  /** What dependents' keys see: equal outputs stop a re-run there. */
  output: Digest;
  /** Records of artifacts, statements and reports, to be appended together with the task's end. */
  evidence: EntryDraft[];
  closing?: EntryDraft[];
  usage?: Usage;
}

export const changeOf = ({ tree, removed = [] }: AttemptSuccess): Change => ({ files: tree, removed });

export interface AttemptFailure {
  outcome: 'failed';
  /** What went wrong and, for a check, what to repair: the feedback of the next attempt. */
  reason: string;
  /** Files that a check found at fault: whoever wrote them may do better. */
  faulty?: string[];
  evidence: EntryDraft[];
  closing?: EntryDraft[];
  usage?: Usage;
}

/** Whoever was at it has gone, as in a crash: the task is tried again, and has not failed. */
export interface AttemptLoss {
  outcome: 'lost';
  reason: string;
  evidence: EntryDraft[];
  closing?: EntryDraft[];
  usage?: never;
}

/**
 * Does attempts. `run` gets attempts that may share one slot (one, or a batch of checks) and answers in the same order. It does not
 * reject for a task that fails, and writes to the log only what an attempt's `chronicle` takes.
 */
export interface Runner {
  /** What is to be on record, with the start itself, before the attempt is run: the agent that it is given to, and under what. */
  opening?(attempt: Attempt): EntryDraft[];
  run(attempts: readonly Attempt[], signal: AbortSignal): Promise<AttemptResult[]>;
}
