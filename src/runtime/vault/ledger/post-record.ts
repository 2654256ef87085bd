import { canonicalJson } from '../../../base/json.ts';
import { type HashedRecord, recordRequest } from './hashed-record.ts';

/** The log answers when the entry is in the tree, which takes it some seconds. */
const TIMEOUT = 60_000;
const MAX_ANSWER = 2 ** 20;

/** Sends a record to a log by the write API of Rekor v2. Throws what `fetch` throws. */
export async function postRecord(url: string, record: HashedRecord): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/api/v2/log/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: canonicalJson(recordRequest(record)),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return { status: response.status, text: (await response.text()).slice(0, MAX_ANSWER) };
}
