import type { Witness } from '@sigstore/sign';

import { canonicalJson } from '../../../base/json.ts';
import { type HashedRecord, recordRequest, signedDigest } from '../ledger/hashed-record.ts';

/** The log answers when the entry is in the tree, which takes it some seconds. */
const TIMEOUT = 60_000;
const MAX_ANSWER = 2 ** 20;

/**
 * Records signatures in a log with the write API of Rekor v2. It takes entries of kind `hashedrekord` alone, whereas the witness that `@sigstore/sign` 5.1 has sends
 * envelopes.
 */
export function rekorV2Witness(url: string): Witness {
  return {
    async testify(content, key) {
      if (content.$case !== 'dsseEnvelope') throw new TypeError('not an envelope');
      const [signature] = content.dsseEnvelope.signatures;
      const record: HashedRecord = {
        digest: signedDigest(content.dsseEnvelope),
        signature: Buffer.from(signature?.sig ?? '').toString('base64'),
        verifier: key.includes('CERTIFICATE') ? { certificate: derOf(key) } : { publicKey: derOf(key) },
      };
      const { TransparencyLogEntry } = await import('@sigstore/protobuf-specs');
      const { logId, kindVersion, ...entry } = TransparencyLogEntry.fromJSON(await post(url, record));
      if (logId === undefined || kindVersion === undefined) throw new Error('what it answered is no entry');
      return { tlogEntries: [{ ...entry, logId, kindVersion }] };
    },
  };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

async function post(url: string, record: HashedRecord): Promise<unknown> {
  const response = await fetch(`${url}/api/v2/log/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: canonicalJson(recordRequest(record)),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const text = (await response.text()).slice(0, MAX_ANSWER);
  if (response.status !== 200 && response.status !== 201)
    throw new Error(`it answered ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
