import type { KeyObject } from 'node:crypto';
import { userInfo } from 'node:os';

import { sha256 } from '../../../base/digest.ts';
import { canonicalBytes, isJsonObject, type JsonObject } from '../../../base/json.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import { leafHash } from '../../log/merkle.ts';
import { formatProof } from '../../log/proof.ts';
import { type HashedRecord, canonicalRecord, hashedRecord, recordSpec } from '../../vault/ledger/hashed-record.ts';
import { transparencyLogEntry } from '../../vault/ledger/log-entry.ts';
import { checkRecord, readRecord } from '../../vault/ledger/verify-record.ts';
import { logTrustedRoot } from '../../vault/keyless/own-log.ts';
import { parsePublicKey } from '../../vault/public-key.ts';
import { fingerprintOf, hintOf } from '../../vault/signing-key.ts';
import { logVerifier, signingPublicKeys } from './keys.ts';
import type { Handler, RecordInput } from '../operations.ts';
import { findWorkspace, type Workspace } from '../workspace.ts';
import { withWriterLog } from '../host/with-writer-log.ts';

/** Of a record in the log: equal records are one. */
const keyOf = (leaf: string): string => `hashedrekord ${sha256(leaf)}`;

/** Records a signature, by the hash of what was signed, and proves that it is in the log. Recording it again answers with the same position. */
export const record: Handler<'ledger.record'> = async (input, context) => {
  const workspace = findWorkspace(context);
  const known = await recordOf(input, workspace);
  const leaf = canonicalRecord(known);
  return withWriterLog(workspace, async (log) => {
    const seq = log.seqWithKey(keyOf(leaf)) ?? (await append(log, known, context.by ?? userInfo().username));
    const proof = log.prove(seq);
    const entry = transparencyLogEntry(Buffer.from(leaf), proof, logVerifier(workspace));
    return {
      kind: 'Record',
      seq,
      leafHash: leafHash(Buffer.from(leaf)).toString('base64'),
      checkpoint: proof.checkpoint,
      proof: formatProof(proof),
      entry,
      ...(input.bundle && { bundle: withEntry(input.bundle, entry) }),
    };
  });
};

/** The record says nothing of when it came: the entry before it does. */
async function append(log: Log, known: HashedRecord, by: string): Promise<number> {
  const [, seq] = await log.append([
    { kind: 'ledger.recorded', data: { by, digest: `sha256:${known.digest.toString('hex')}` } },
    { kind: 'hashedrekord', data: recordSpec(known), dedup: keyOf(canonicalRecord(known)) },
  ]);
  if (seq === undefined) throw new RangeError('two entries expected');
  return seq;
}

async function recordOf({ bundle, publicKey, request }: RecordInput, workspace: Workspace): Promise<HashedRecord> {
  if (request !== undefined) return readRecord(request);
  if (bundle === undefined) throw new NexusError('USAGE', 'Neither a Sigstore bundle nor a request to record is given.');
  const keys = publicKey === undefined ? signingPublicKeys(workspace) : [publicKey];
  const read = readBundle(bundle, new Map(keys.map((pem) => [hintOf(fingerprintOf(publicKeyOf(pem))), pem])));
  await checkRecord(read);
  return read;
}

function publicKeyOf(pem: string): KeyObject {
  try {
    return parsePublicKey(pem).key;
  } catch (error) {
    throw new NexusError('RECORD_REFUSED', 'What was given as a public key is none.', {
      hint: 'A public key is given as PEM: `-----BEGIN PUBLIC KEY-----` …',
      cause: error,
    });
  }
}

function readBundle(bundle: JsonObject, keys: ReadonlyMap<string, string>): HashedRecord {
  try {
    return hashedRecord(canonicalBytes(bundle), keys);
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw new NexusError('RECORD_REFUSED', 'What was given is no Sigstore bundle with a DSSE envelope.', { cause: error });
  }
}

/** The bundle, carrying the proof: what others verify without this log. */
function withEntry(bundle: JsonObject, entry: JsonObject): JsonObject {
  const material = isJsonObject(bundle['verificationMaterial']) ? bundle['verificationMaterial'] : {};
  const { tlogEntries } = material;
  const logId = JSON.stringify(entry['logId']);
  const others = (Array.isArray(tlogEntries) ? tlogEntries : []).filter(
    (each) => isJsonObject(each) && JSON.stringify(each['logId']) !== logId,
  );
  return { ...bundle, verificationMaterial: { ...material, tlogEntries: [...others, entry] } };
}

/** A Sigstore trusted root of the log of this workspace alone. */
export const trustedRoot: Handler<'ledger.trusted-root'> = async (_input, context) => {
  const log = logVerifier(findWorkspace(context));
  return { kind: 'TrustedRoot', origin: log.name, trustedRoot: JSON.parse(logTrustedRoot([log])) as JsonObject };
};
