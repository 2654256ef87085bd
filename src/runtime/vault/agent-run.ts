import { createHash } from 'node:crypto';

import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { isCount, isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import { encodeLeaf } from '../log/leaf.ts';
import type { AgentEvent } from '../policy/agent-event.ts';
import type { Tree } from './artifact.ts';
import { resource, type ResourceDescriptor, type Statement, statement, type Subject, subjectOf } from './statement.ts';

/** `schemas/predicates/agent-run-v0.1.schema.json` */
export const AGENT_RUN = 'https://agentnexus.dev/attestations/agent-run/v0.1';

/** Names among the subjects of a run beside files: no product has any there. */
const CHRONICLE = '.agentnexus/chronicle.jsonl';
const TRANSCRIPT = '.agentnexus/transcript';

/** Steps that are named one by one; the chronicle's digest covers all of them anyway. */
const MOST_STEPS = 1_000;

/** What happens to an agent during an attempt, but for its begin and end, which the statement says itself. */
const STEPS: Record<AgentEvent['kind'], true> = {
  'agent.decision': true,
  'agent.exchange': true,
  'agent.lifecycle': true,
  'memory.used': true,
  'question.asked': true,
  'question.expired': true,
  'task.leased': true,
};
export const STEP_KINDS: readonly string[] = Object.keys(STEPS);

/** Of a run: its entries in the log, and what they say that models were asked. */
export type Chronicled = {
  chronicle: { entries: number; digest: { sha256: string }; steps?: { kind: string; digest: { sha256: string } }[] };
  models: { name: string; exchanges: number; usage: { input: number; output: number; energy: number; money: number } }[];
};

/** Folds the entries about one attempt, in the order of the log, however many there are. */
export class ChronicleFold {
  readonly #hash = createHash('sha256');
  readonly #steps: { kind: string; digest: { sha256: string } }[] = [];
  readonly #models = new Map<string, Chronicled['models'][number]>();
  #entries = 0;

  /** Anything that is no step is passed over. */
  add(entry: Entry): void {
    if (!isStep(entry)) return;
    const { body } = encodeLeaf(entry, entry.at);
    this.#hash.update(body).update('\n');
    if (this.#entries++ < MOST_STEPS) this.#steps.push({ kind: entry.kind, digest: { sha256: hexOf(sha256(body)) } });
    if (entry.kind === 'agent.exchange') this.#exchange(entry.data);
  }

  get entries(): number {
    return this.#entries;
  }

  result(): Chronicled {
    const steps = this.#entries > MOST_STEPS ? {} : { steps: this.#steps };
    const chronicle = { entries: this.#entries, digest: { sha256: this.#hash.copy().digest('hex') }, ...steps };
    return { chronicle, models: [...this.#models.values()] };
  }

  #exchange({ model, usage }: JsonObject): void {
    if (typeof model !== 'string' || !isJsonObject(usage)) return;
    const none = { name: model, exchanges: 0, usage: { input: 0, output: 0, energy: 0, money: 0 } };
    const known = this.#models.get(model) ?? none;
    const sum = (member: keyof typeof none.usage) => known.usage[member] + amountOf(usage[member]);
    this.#models.set(model, {
      name: model,
      exchanges: known.exchanges + 1,
      usage: { input: sum('input'), output: sum('output'), energy: sum('energy'), money: sum('money') },
    });
  }
}

const amountOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function isStep({ kind, data }: Entry): boolean {
  if (!Object.hasOwn(STEPS, kind)) return false;
  const lifecycle = kind === 'agent.lifecycle' && isJsonObject(data['event']) ? data['event']['lifecycle'] : undefined;
  return lifecycle !== 'spawned' && lifecycle !== 'retired';
}

/** `accepted`: what it left is kept. `refused`: it was done, and what it left stepped out of its scope, or held a secret. */
export type RunOutcome = 'accepted' | 'refused' | 'failed';

export interface AgentRunInput extends Chronicled {
  /** What of it was kept. */
  outputs: Tree;
  /** Paths of what it took away. */
  removed: readonly string[];
  /** What was said, in the content store. */
  transcript: Digest | undefined;
  mission: string;
  task: string;
  /** From 1. */
  attempt: number;
  agent: { name: string; version: string };
  /** Capability profile, as it was narrowed for the attempt; without a digest where it did not come so far. */
  profile: { name: string; digest: Digest | undefined };
  /** What it was told. */
  brief: Digest | undefined;
  /** What was around it; left out of agents that are part of this program. */
  sandbox: string | undefined;
  /** The mission whose recorded answers its models gave again. */
  replayOf: string | undefined;
  usage: { tokens?: number; money?: number; energy?: number };
  outcome: RunOutcome;
  /** RFC 3339. */
  startedOn: string;
  finishedOn: string;
}

/** What an agent did in one attempt, under what, and what it cost; undefined where there is nothing that it could be about. */
export function agentRun(input: AgentRunInput): Statement | undefined {
  const { mission, task, attempt, agent, chronicle, models, sandbox, replayOf, usage, outcome } = input;
  const subjects = subjectsOf(input);
  if (subjects.length === 0) return undefined;
  return statement(AGENT_RUN, subjects, {
    mission,
    task,
    attempt,
    agent,
    conditions: {
      profile: named(input.profile.name, input.profile.digest),
      ...(input.brief !== undefined && { brief: named('brief', input.brief) }),
      ...(sandbox !== undefined && { sandbox }),
      ...(replayOf !== undefined && { replayOf }),
    },
    chronicle,
    models,
    usage,
    outcome,
    ...(input.removed.length > 0 && { removed: input.removed }),
    startedOn: input.startedOn,
    finishedOn: input.finishedOn,
  });
}

const named = (name: string, digest: Digest | undefined): ResourceDescriptor =>
  digest === undefined ? { name } : resource(name, digest);

function subjectsOf({ outputs, chronicle, transcript }: AgentRunInput): Subject[] {
  return [
    ...outputs.map(subjectOf),
    ...(chronicle.entries === 0 ? [] : [{ name: CHRONICLE, digest: chronicle.digest }]),
    ...(transcript === undefined ? [] : [subjectOf({ path: TRANSCRIPT, digest: transcript })]),
  ];
}

/** Which attempt a statement is about, and what it says of its chronicle; undefined if it is no statement of a run. */
export function readAgentRun({ predicateType, predicate }: Statement): RunClaim | undefined {
  if (predicateType !== AGENT_RUN) return undefined;
  const { mission, task, attempt, chronicle, models } = predicate;
  if (typeof mission !== 'string' || typeof task !== 'string' || !isCount(attempt)) return undefined;
  return { mission, task, attempt, said: { chronicle: chronicle ?? null, models: models ?? null } };
}

export interface RunClaim {
  mission: string;
  task: string;
  attempt: number;
  said: JsonObject;
}
