import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { readCloudEvent } from '../../runtime/app/remote/cloud-event.ts';
import type { CallContext } from '../../runtime/app/operations.ts';
import { progressOfEntries } from '../../runtime/app/host/progress-of-entries.ts';
import type { RemoteClient } from '../../runtime/app/remote/remote-client.ts';

/** Seconds that an answer is held back for while nothing happens. */
const WAIT = 20;

const OPEN: ReadonlySet<unknown> = new Set(['planned', 'running']);

/**
 * Tells what a mission does over there until it has ended or waits for somebody. Ctrl-C leaves it running: it is not ours. A line that breaks is taken up where
 * it broke.
 */
export async function followRemote(
  mission: JsonObject,
  { client, remote, context }: { client: RemoteClient; remote: string; context: CallContext },
): Promise<JsonObject> {
  const id = textOf(mission['id']);
  const { drain } = context;
  const show = progressOfEntries(
    { id, title: titleOf(mission), total: totalOf(mission), where: `remote ${remote}` },
    context.onProgress ?? (() => undefined),
  );
  let cursor: string | undefined;
  for (;;) {
    // Asked before the events: what ended it is then among them.
    const view = await client.json(`/v1/missions/${id}`, { signal: undefined });
    const query = new URLSearchParams({
      wait: OPEN.has(view['state']) ? String(WAIT) : '0',
      ...(cursor === undefined ? {} : { after: cursor }),
    });
    const page = await client.json(`/v1/missions/${id}/events?${query.toString()}`, { signal: drain }).catch((error: unknown) => {
      if (drain?.aborted === true) throw leftAlone(id, remote);
      throw error;
    });
    const items = Array.isArray(page['items']) ? page['items'].filter(isJsonObject) : [];
    for (const item of items) {
      const entry = readCloudEvent(item);
      if (entry !== undefined) show(entry);
    }
    cursor = typeof page['next'] === 'string' ? page['next'] : cursor;
    if (items.length > 0) continue;
    const stays = view['state'] === 'waiting' && typeof view['reason'] === 'string';
    if (!OPEN.has(view['state']) && (view['state'] !== 'waiting' || stays)) return missionOf(view, context);
  }
}

/** What `apply` prints of a status. */
function missionOf({ apiVersion: _, items: __, milestones: ___, ...view }: JsonObject, { onProgress }: CallContext): JsonObject {
  const { gate } = view;
  if (isJsonObject(gate) && (gate['result'] === 'pass' || gate['result'] === 'fail')) {
    const reasons = Array.isArray(gate['reasons']) ? gate['reasons'].map(String) : [];
    onProgress?.({ type: 'gate', result: gate['result'], reasons });
  }
  return { ...view, kind: 'Mission' };
}

function titleOf({ specification }: JsonObject): string {
  return isJsonObject(specification) ? textOf(specification['title']) : '';
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function totalOf({ tasks }: JsonObject): number {
  return isJsonObject(tasks) && typeof tasks['total'] === 'number' ? tasks['total'] : 0;
}

function leftAlone(mission: string, remote: string): NexusError {
  return new NexusError('INTERRUPTED', `Mission ${mission} goes on at ${remote}.`, {
    hint: `\`spec-kit logs ${mission} --follow --remote ${remote}\` shows it again; \`spec-kit cancel ${mission} --remote ${remote}\` ends it.`,
    details: { mission, remote },
  });
}
