import type { Digest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { Action } from '../policy/action.ts';
import type { AgentEvent } from '../policy/agent-event.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { WorkResult } from './job.ts';
import type { Asked } from './open-questions.ts';
import { checkEvent, checkQuestion, checkResult } from './work-check.ts';

/** Bytes of all files that one job may leave. */
const MOST_BYTES = 512 * 1_048_576;

/** What a worker says that came of its job. All that it names is in the store. Throws `USAGE`. */
export function readResult(value: unknown, store: Pick<ContentStore, 'sizeOf'>): WorkResult {
  if (!checkResult(value).valid) throw unreadable('no result');
  const result = value as WorkResult;
  requireThere(contentsOf(result), store);
  const files = result.outcome === 'done' ? result.files : [];
  const bytes = files.reduce((sum, file) => sum + (store.sizeOf(file.digest) ?? 0), 0);
  if (bytes <= MOST_BYTES) return result;
  return { outcome: 'failed', reason: `It left ${bytes} bytes, which is more than any job may (${MOST_BYTES}).` };
}

/** What a worker says that has happened to the agent called `agent`. Throws `USAGE`. */
export function readEvent(value: unknown, { agent, store }: { agent: string; store: Pick<ContentStore, 'sizeOf'> }): AgentEvent {
  if (!checkEvent(value).valid) throw unreadable('no event of an agent');
  const event = value as Exclude<AgentEvent, { kind: 'task.leased' }>;
  if ((event.kind === 'agent.lifecycle' ? event.event.agentId : event.agent) !== agent)
    throw unreadable(`of another agent than ${agent}`);
  requireThere(contentsIn(event), store);
  return event;
}

/** What an agent wants to have put to a person. Throws `USAGE`. */
export function readQuestion(value: unknown): Asked & { number: number } {
  if (!checkQuestion(value).valid) throw unreadable('no question');
  const { number, rule, action } = value as { number: number; rule: string; action: Action };
  return { number, action, decision: { verdict: 'ask', rule } };
}

/** Contents that a result names; the digest of a profile is none of a content. */
function contentsOf(result: WorkResult): (Digest | undefined)[] {
  const files = result.outcome === 'failed' ? [] : result.files.map(({ digest }) => digest);
  return [...files, result.transcript, result.conditions?.brief];
}

/** Contents that an event names. */
function contentsIn(event: AgentEvent): Digest[] {
  if (event.kind === 'agent.exchange') return [event.request, event.response];
  return event.kind === 'memory.used' ? [event.request, event.answer] : [];
}

/** Content before what names it. */
function requireThere(digests: readonly (Digest | undefined)[], store: Pick<ContentStore, 'sizeOf'>): void {
  for (const each of digests) {
    if (each !== undefined && store.sizeOf(each) === undefined) throw unreadable(`without its content ${each}`);
  }
}

function unreadable(what: string): NexusError {
  return new NexusError('USAGE', `What the worker has sent is ${what}.`, {
    hint: 'Contents are sent first; a worker of another version is refused.',
  });
}
