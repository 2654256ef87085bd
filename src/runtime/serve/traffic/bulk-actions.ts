import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { missionRows } from '../../mission/queries.ts';
import type { MissionState } from '../../mission/records.ts';
import type { Counter } from '../counter.ts';
import type { Principal } from '../principal.ts';
import { type Problem, problemOf } from '../problem.ts';
import { routeOf } from '../routes.ts';

const WORDS = ['pause', 'resume', 'cancel', 'retry', 'approve', 'reject', 'prioritise'] as const;
const STATES: readonly MissionState[] = ['planned', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'];

/** Missions that one request may be about. */
const MOST = 500;

export interface Bulk {
  word: (typeof WORDS)[number];
  /** Ids, or what all that are meant have in common. */
  missions: readonly string[] | undefined;
  states: readonly MissionState[];
  /** What goes with the word: `task`, `note`, `priority`. */
  said: JsonObject;
}

export interface BulkResult {
  kind: 'BulkAction';
  word: string;
  /** In the order in which it was said to them: how each then stands, or why it was not heard. */
  items: { mission: string; state?: string; problem?: Problem }[];
}

/** Throws `USAGE`. */
export function readBulk(body: unknown): Bulk {
  const { word, missions, states, ...said } = isJsonObject(body) ? body : {};
  const known = WORDS.find((each) => each === word);
  if (known === undefined) throw refused(`\`word\` is one of ${WORDS.join(', ')}.`);
  const named = missions === undefined ? undefined : texts(missions);
  const wanted = STATES.filter((state) => texts(states ?? []).includes(state));
  if ((named === undefined) === (wanted.length === 0))
    throw refused('Either `missions` or `states` says which missions are meant.');
  const other = Object.keys(said).find((name) => !['task', 'note', 'priority'].includes(name));
  if (other !== undefined) throw refused(`\`${other}\` is not known.`);
  if (named !== undefined && named.length > MOST) throw refused(`${MOST} missions can be named at most.`);
  return { word: known, missions: named, states: wanted, said };
}

/** Says one word to many missions, to one after the other: that one does not hear it keeps no other from hearing it. */
export async function bulkAction(counter: Counter, { word, missions, states, said }: Bulk, who: Principal): Promise<BulkResult> {
  const meant =
    missions ??
    missionRows(counter.host.engine.log.db, states)
      .slice(0, MOST)
      .map(({ id }) => id);
  const items: BulkResult['items'] = [];
  for (const mission of meant) {
    try {
      const { text } = await counter.perform(routeOf(word), { params: { mission }, query: {}, body: said }, who);
      const { state } = JSON.parse(text) as { state: string };
      items.push({ mission, state });
    } catch (error) {
      items.push({ mission, problem: problemOf(error, `/v1/missions/${mission}/${word}`) });
    }
  }
  return { kind: 'BulkAction', word, items };
}

function texts(value: JsonValue): string[] {
  const all: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  if (!all.every((each) => typeof each === 'string')) throw refused('Missions and states are lists of words.');
  return all as string[];
}

function refused(why: string): NexusError {
  return new NexusError('USAGE', `That is no bulk action. ${why}`, {
    hint: 'Send {"word":"cancel","missions":[ID,…]} or {"word":"retry","states":["failed"]}.',
  });
}
