import type { Witness } from '@sigstore/sign';

import { type HashedRecord, signedDigest } from '../ledger/hashed-record.ts';
import { postRecord } from '../ledger/post-record.ts';

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
      const { logId, kindVersion, ...entry } = TransparencyLogEntry.fromJSON(await answerOf(url, record));
      if (logId === undefined || kindVersion === undefined) throw new Error('what it answered is no entry');
      return { tlogEntries: [{ ...entry, logId, kindVersion }] };
    },
  };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

async function answerOf(url: string, record: HashedRecord): Promise<unknown> {
  const { status, text } = await postRecord(url, record);
  if (status !== 200 && status !== 201) throw new Error(`it answered ${status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
