import { NexusError } from '../../base/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, parsedJson } from '../../base/json.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { type Hash, sha256Hash } from './merkle.ts';

/** Bundle lengths are 16 bits wide (c2sp.org/tlog-tiles). */
const MAX_LEAF_BYTES = 65_535;

const API_VERSION = 'agentnexus.dev/v1';

/** A record of Rekor v2: its leaf is theirs byte for byte, so that others can make it again from a bundle (rekor-tiles, `hashedrekord` 0.0.2). */
const HASHED_RECORD = 'hashedrekord';
const RECORD_VERSION = '0.0.2';
const RECORD_START = `{"apiVersion":"${RECORD_VERSION}","kind":"${HASHED_RECORD}","spec":`;

/** An entry as the tree sees it. */
export interface Leaf {
  /** Canonical JSON of `{apiVersion, kind, at, mission?, task?, data}`; of a record of Rekor, of `{apiVersion, kind, spec}`. */
  body: Buffer;
  hash: Hash;
}

/** `data` is what may be written down of the draft's. Throws `LOG_ENTRY_TOO_LARGE`. */
export function encodeLeaf(draft: EntryDraft, at: string, data = draft.data): Leaf {
  const { kind, mission, task } = draft;
  const body =
    kind === HASHED_RECORD
      ? `${RECORD_START}${canonicalJson(data)}}`
      : canonicalJson({ apiVersion: API_VERSION, at, data, kind, mission, task });
  // With the leaf prefix of RFC 6962 in front, so that hashing needs no copy.
  const prefixed = Buffer.from(`\0${body}`);
  if (prefixed.length - 1 > MAX_LEAF_BYTES) throw tooLarge(kind, prefixed.length - 1);
  return { body: prefixed.subarray(1), hash: sha256Hash(prefixed) };
}

function tooLarge(kind: string, bytes: number): NexusError {
  return new NexusError('LOG_ENTRY_TOO_LARGE', `A ${kind} entry of ${bytes} bytes is over the limit of ${MAX_LEAF_BYTES}.`, {
    hint: 'Put the body into the content store and its digest into the log.',
    details: { kind, bytes, limit: MAX_LEAF_BYTES },
  });
}

/**
 * Throws `LOG_CORRUPT` if the body is not one that `encodeLeaf` writes; a damaged file may have anything in its place. A record of Rekor says no time:
 * `at` is then empty.
 */
export function decodeLeaf(seq: number, body: unknown): Entry {
  if (!(body instanceof Uint8Array)) throw malformed(seq);
  const value = parsedJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  if (!isJsonObject(value)) throw malformed(seq);
  if (value.apiVersion === RECORD_VERSION) return decodeRecord(seq, value);
  if (value.apiVersion !== API_VERSION || value.kind === HASHED_RECORD) throw malformed(seq);
  const { kind, at, mission, task, data } = value;
  if (typeof kind !== 'string' || typeof at !== 'string' || !isName(mission) || !isName(task) || !isJsonObject(data))
    throw malformed(seq);
  const entry: Entry = { seq, kind, at, data };
  if (mission !== undefined) entry.mission = mission;
  if (task !== undefined) entry.task = task;
  return entry;
}

function decodeRecord(seq: number, { apiVersion: _, kind, spec, ...rest }: JsonObject): Entry {
  if (kind !== HASHED_RECORD || !isJsonObject(spec) || Object.keys(rest).length > 0) throw malformed(seq);
  return { seq, kind, at: '', data: spec };
}

/** Whether entries of this kind have a time of their own; records of Rekor came with the entry before them. */
export function saysWhen(kind: string): boolean {
  return kind !== HASHED_RECORD;
}

/** What a row repeats of the body, for queries. */
interface Columns {
  kind: string;
  mission?: string | null;
  task?: string | null;
}

/** The last members of a body, in this order. */
function lastMembers({ kind, mission = null, task = null }: Columns): string {
  const missionText = mission === null ? '' : `,"mission":${canonicalJson(mission)}`;
  const taskText = task === null ? '' : `,"task":${canonicalJson(task)}`;
  return `,"kind":${canonicalJson(kind)}${missionText}${taskText}}`;
}

/** Whether a body that a leaf hash vouches for is of this kind, mission and task. */
export function isBodyOf(body: Buffer, columns: Columns): boolean {
  const { kind, mission, task } = columns;
  if (kind === HASHED_RECORD && mission === null && task === null)
    return body.toString('utf8', 0, RECORD_START.length) === RECORD_START;
  const end = lastMembers(columns);
  const length = Buffer.byteLength(end);
  return body.length > length && body.toString('utf8', body.length - length) === end;
}

function isName(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function malformed(seq: number): NexusError {
  return new NexusError('LOG_CORRUPT', `Entry ${seq} is not a log entry.`, { details: { seq } });
}
