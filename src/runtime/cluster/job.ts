import type { Digest } from '../../base/digest.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Task } from '../../spec/model.ts';
import type { AgentSetting } from '../mission/settings.ts';
import type { Chronicle } from '../policy/agent-event.ts';
import type { ArtifactType, Tree } from '../vault/artifact.ts';
import type { Conditions } from '../workspace/agent.ts';
import type { Remembered } from '../workspace/host/brief/brief-text.ts';
import type { Usage } from '../workspace/usage.ts';
import type { OpenQuestions } from './open-questions.ts';

/** An attempt, as it is given out. */
export interface Job {
  pool: string;
  assignment: Assignment;
  /** Content that whoever has it may read. */
  contents: ReadonlySet<Digest>;
  /** Where what happens to the agent goes. */
  chronicle: Chronicle;
  /** What its agent leaves to people; without it nobody is asked. */
  questions?: OpenQuestions;
}

/** All that a worker is told: who does what, with what. Contents are named by their digests. */
export interface Assignment {
  mission: string;
  task: Task;
  /** From 1. */
  attempt: number;
  feedback?: string;
  needs: Record<string, Tree>;
  /** What is known that bears on the task, for its brief. */
  remembered?: Remembered[];
  tree: Tree;
  /** Who does the tasks that need a model, and under what policy: as the mission has it. */
  settings: { agent?: AgentSetting; policy?: Digest };
  /** Text of the capability profile, where it is none that is built in. */
  profile?: string;
  /** What the task's key says of who does it: whoever is another must not do it. */
  performer: JsonObject;
}

/** A file that was left, and is in the store. */
export interface LeftFile {
  path: string;
  digest: Digest;
  type: ArtifactType;
  executable?: true;
}

/** How it came out, as the worker says: to be believed no more than any agent. */
export type WorkResult =
  | {
      outcome: 'done';
      files: LeftFile[];
      removed?: string[];
      usage?: Usage;
      conditions?: Conditions;
      transcript?: Digest;
    }
  | { outcome: 'failed'; reason: string; usage?: Usage; conditions?: Conditions; transcript?: Digest };
