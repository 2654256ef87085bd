import type { Digest } from '../../base/digest.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Task } from '../../spec/model.ts';
import type { Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { type Agent, agentIdOf, type AgentResult, type Brief } from '../workspace/agent.ts';
import type { HostBench } from '../workspace/host/hosted-agent.ts';
import type { Dispatch } from './dispatch.ts';
import type { Assignment, WorkResult } from './job.ts';
import { OpenQuestions } from './open-questions.ts';

export interface RemoteAgentOptions {
  dispatch: Dispatch;
  pool: string;
  store: Pick<ContentStore, 'get'>;
  settings: Assignment['settings'];
  /** Text of the capability profile, where it is none that is built in. */
  profile?: string | undefined;
  /** Puts to a person what its profile leaves open. */
  ask?: HostBench['ask'];
  /** What is known that bears on a task that needs a model. */
  recall?: NonNullable<HostBench['recall']> | undefined;
}

/**
 * `own`, at work elsewhere: what it is called and given is the same, so that the key of a task does not say where it was done. Only `perform` goes out; what it is held
 * against, stored and signed with stays here.
 */
export function remoteAgent(own: Agent, { dispatch, pool, store, settings, profile, ask, recall }: RemoteAgentOptions): Agent {
  return {
    name: own.name,
    versionFor: (task) => own.versionFor(task),
    ...(own.inputsFor && { inputsFor: (task: Task) => own.inputsFor?.(task) ?? {} }),
    ...(own.grantFor && { grantFor: (task: Task) => own.grantFor?.(task) ?? { energy: 0 } }),
    async perform(brief, signal, chronicle) {
      const tree = brief.tree();
      const remembered = brief.task.ability === 'model' ? ((await recall?.(brief)) ?? []) : [];
      const assignment: Assignment = {
        ...told(brief, tree),
        settings,
        ...(profile !== undefined && { profile }),
        performer: performerOf(own, brief.task),
        ...(remembered.length > 0 && { remembered: [...remembered] }),
      };
      const over = new AbortController();
      const agent = agentIdOf(own.name, brief);
      const asked = ask?.(brief, { agent, chronicle, signal: AbortSignal.any([signal, over.signal]) });
      const questions = asked && { questions: new OpenQuestions(asked) };
      try {
        const job = { pool, assignment, contents: contentsOf(assignment), chronicle, ...questions };
        return resultOf(await dispatch.perform(job, signal), store);
      } finally {
        over.abort();
      }
    },
  };
}

/** What both sides must agree on, for a task. */
export function performerOf(agent: Agent, task: Task): JsonObject {
  return { name: agent.name, version: agent.versionFor(task), inputs: { ...agent.inputsFor?.(task) } };
}

function told({ mission, task, attempt, needs, feedback }: Brief, tree: Tree): Pick<Assignment, keyof Brief & keyof Assignment> {
  return { mission, task, attempt, needs: Object.fromEntries(needs), tree, ...(feedback !== undefined && { feedback }) };
}

/** Contents that whoever is given it needs, and may read. */
export function contentsOf({ tree, needs, settings: { agent, policy } }: Assignment): Set<Digest> {
  const files = [tree, ...Object.values(needs)].flatMap((each) => each.map(({ digest }) => digest));
  const more = [agent?.script, agent?.definition, policy].filter((digest) => digest !== undefined);
  return new Set([...files, ...more]);
}

function resultOf(result: WorkResult, store: Pick<ContentStore, 'get'>): AgentResult {
  if (result.outcome === 'failed') return result;
  const files = result.files.map(({ digest, ...file }) => ({ ...file, content: store.get(digest) }));
  return { ...result, files };
}
