import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { AgentEvent } from '../policy/agent-event.ts';
import type { TaskIdentity } from './records.ts';

/** Characters of one text in such an entry, texts of one list, and bytes of all that an agent has asked for: an entry has a hard limit. */
const MAX_TEXT = 2_000;
const MAX_ITEMS = 64;
const MAX_ACTION = 16_000;

/** What has happened to an agent while it was at a task: `agent.lifecycle`, `agent.decision`, `agent.exchange`. */
export function agentEvent(
  { mission, task, title, kind: taskKind }: TaskIdentity,
  { attempt, event }: { attempt: number; event: AgentEvent },
): EntryDraft {
  const { kind, ...facts } = event;
  const whole = bounded(facts);
  const data = event.kind === 'agent.decision' && !fits(whole) ? outline(event) : whole;
  return {
    kind,
    mission,
    task,
    // Most are in the order of their names then, in which they are written fastest.
    data: { attempt, ...data, taskKind, title: shortened(title, 400) },
  };
}

/** What is left of an event that would not fit: agents choose what they ask for, and how much of it. */
function outline({ agent, action, decision }: Extract<AgentEvent, { kind: 'agent.decision' }>): JsonObject {
  return { agent, action: { kind: action.kind, truncated: true }, decision: { ...decision, rule: shortened(decision.rule) } };
}

const fits = (data: JsonObject): boolean => Buffer.byteLength(JSON.stringify(data)) <= MAX_ACTION;

/** Its JSON, with shorter texts and lists. */
function bounded(facts: object): JsonObject {
  const members = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, boundedValue(value)]));
}

function boundedValue(value: unknown): JsonValue {
  if (typeof value === 'string') return shortened(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(boundedValue);
  return typeof value === 'object' && value !== null ? bounded(value) : null;
}

function shortened(text: string, limit = MAX_TEXT): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
