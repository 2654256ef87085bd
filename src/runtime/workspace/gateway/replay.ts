import type { Digest } from '../../../base/digest.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { parseResponse, type RecordedExchange, type RecordedResponse, requestKey } from './recorded.ts';
import { Refusal } from './refusal.ts';

/** What was said in an earlier run. */
export interface Recording {
  /** The exchanges of one attempt, by the name that its agent had in it, in order. */
  of(agent: string): readonly RecordedExchange[];
}

export interface Replayed {
  response: RecordedResponse;
  usage: RecordedExchange['usage'];
}

/** Answers the requests of one attempt from a recording, each exchange once. */
export interface Replay {
  /** Throws `Refusal` where nothing of the kind was recorded, or is left. */
  take(request: Uint8Array): Replayed;
}

/**
 * The next exchange that was not taken yet and had this request. Agents that ask several things at once ask them in any order, so it need not be the very next.
 */
export function openReplay(exchanges: readonly RecordedExchange[], store: Pick<ContentStore, 'get'>): Replay {
  const left = exchanges.toSorted((a, b) => a.exchange - b.exchange);
  const keys = new Map<Digest, Digest>();
  const keyOf = ({ request }: RecordedExchange): Digest => {
    const key = keys.get(request) ?? requestKey(store.get(request));
    keys.set(request, key);
    return key;
  };
  return {
    take(request) {
      const key = requestKey(request);
      const at = left.findIndex((exchange) => keyOf(exchange) === key);
      const [found] = at === -1 ? [] : left.splice(at, 1);
      if (found === undefined) {
        throw new Refusal(
          409,
          'replay_miss',
          `The recording has no answer to this request (${left.length} of ${exchanges.length} are left); nothing was sent.`,
        );
      }
      return { response: parseResponse(store.get(found.response)), usage: found.usage };
    },
  };
}
