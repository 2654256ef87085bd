import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Digest } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { canonicalBytes, isJsonObject, isTexts, type JsonObject, parsedJson } from '../../../base/json.ts';
import { parseCheckpoint, verifyCheckpoint } from '../../log/checkpoint.ts';
import { leafHash, verifyInclusion } from '../../log/merkle.ts';
import type { NoteVerifier } from '../../log/signed-note.ts';
import { canonicalRecord, type HashedRecord, hashedRecord } from '../ledger/hashed-record.ts';
import { postRecord } from '../ledger/post-record.ts';
import type { PromotionStep, PromotionTarget, Release } from './promotion.ts';

export interface LedgerOptions {
  /** Of the log, without a path: `https://log.example`. */
  url: string;
  /** Signs the log's checkpoints. Without it what the log answers is recorded as it says, and only has to fit together. */
  key?: NoteVerifier | undefined;
  /** SPKI in PEM, by hint: those that signed the statements. */
  publicKeys: ReadonlyMap<string, string>;
  /** Keeps the log's answer. */
  keep: (bytes: Uint8Array) => Promise<Digest>;
}

/** Records every statement in another log, by the write API of Rekor v2 (`hashedrekord`): strangers then see that it existed. */
export function ledgerTarget(options: LedgerOptions): PromotionTarget {
  return {
    address: `ledger:${options.url}`,
    steps: (release) =>
      release.files.filter(({ path }) => path.startsWith('evidence/')).map(({ path }) => statementStep(options, release, path)),
  };
}

function statementStep(options: LedgerOptions, { dir }: Release, path: string): PromotionStep {
  return {
    name: `record ${path}`,
    what: `record ${path} in ${options.url}`,
    async act() {
      const record = hashedRecord(readFileSync(join(dir, path)), options.publicKeys);
      const answer = await post(options.url, record);
      if (answer === 'known') return { known: true };
      const { index, size } = checkAnswer(answer, record, options);
      return { index, size, entry: await options.keep(canonicalBytes(answer)) };
    },
  };
}

async function post(url: string, record: HashedRecord): Promise<JsonObject | 'known'> {
  const { status, text } = await postRecord(url, record).catch((error: unknown) => {
    throw failed(url, messageOf(error), error);
  });
  // An equal entry is there already: what an earlier run has written whose answer never came.
  if (status === 409) return 'known';
  const answer = status === 200 || status === 201 ? parsedJson(text) : undefined;
  if (isJsonObject(answer)) return answer;
  throw failed(url, `it answered ${status}: ${text.slice(0, 300)}`);
}

/** The entry must be ours, and proven under the checkpoint that comes with it. */
function checkAnswer(answer: JsonObject, record: HashedRecord, { url, key }: LedgerOptions): { index: number; size: number } {
  const proof = isJsonObject(answer['inclusionProof']) ? answer['inclusionProof'] : {};
  const checkpoint = isJsonObject(proof['checkpoint']) ? proof['checkpoint']['envelope'] : undefined;
  const body = answer['canonicalizedBody'];
  const hashes = proof['hashes'] ?? [];
  if (typeof checkpoint !== 'string' || typeof body !== 'string' || !isTexts(hashes)) {
    throw failed(url, 'its answer holds no inclusion proof');
  }
  const leaf = Buffer.from(body, 'base64');
  if (leaf.toString() !== canonicalRecord(record)) throw failed(url, 'it recorded something else than was sent');
  const head = key === undefined ? parseCheckpoint(checkpoint) : verifyCheckpoint(checkpoint, key);
  const index = Number(proof['logIndex'] ?? 0);
  const claim = { index, size: head.size, leaf: leafHash(leaf), root: head.root };
  const path = hashes.map((hash) => Buffer.from(hash, 'base64'));
  if (!verifyInclusion(claim, path)) throw failed(url, 'its inclusion proof does not hold');
  return { index, size: head.size };
}

function failed(url: string, why: string, cause?: unknown): NexusError {
  return new NexusError('PROMOTION_FAILED', `The ledger ${url} did not record a statement: ${why}.`, {
    hint: 'Check its address, and that it takes entries of kind hashedrekord; then run the same command again.',
    details: { url },
    cause,
  });
}
