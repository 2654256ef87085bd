import { NexusError } from '../../base/errors.ts';
import { canonicalJson, isJsonObject } from '../../base/json.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { type Hash, sha256Hash } from './merkle.ts';

/** Bundle lengths are 16 bits wide (c2sp.org/tlog-tiles). */
const MAX_LEAF_BYTES = 65_535;

const API_VERSION = 'agentnexus.dev/v1';

/** An entry as the tree sees it. */
export interface Leaf {
  /** Canonical JSON of `{apiVersion, kind, at, mission?, task?, data}`. */
  body: Buffer;
  hash: Hash;
}

/** Throws `LOG_ENTRY_TOO_LARGE`. */
export function encodeLeaf(draft: EntryDraft, at: string): Leaf {
  const { kind, mission, task, data } = draft;
  const text = canonicalJson({ apiVersion: API_VERSION, kind, at, mission, task, data });
  // The body with the leaf prefix of RFC 6962 in front, so that hashing needs no copy.
  const prefixed = Buffer.from(`\0${text}`);
  if (prefixed.length - 1 > MAX_LEAF_BYTES) throw tooLarge(kind, prefixed.length - 1);
  return { body: prefixed.subarray(1), hash: sha256Hash(prefixed) };
}

function tooLarge(kind: string, bytes: number): NexusError {
  return new NexusError('LOG_ENTRY_TOO_LARGE', `A ${kind} entry of ${bytes} bytes is over the limit of ${MAX_LEAF_BYTES}.`, {
    hint: 'Put the body into the content store and its digest into the log.',
    details: { kind, bytes, limit: MAX_LEAF_BYTES },
  });
}

/** Throws `LOG_CORRUPT` if the body is not one that `encodeLeaf` writes. */
export function decodeLeaf(seq: number, body: Uint8Array): Entry {
  const value = parsed(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  if (!isJsonObject(value) || value.apiVersion !== API_VERSION) throw malformed(seq);
  const { kind, at, mission, task, data } = value;
  if (typeof kind !== 'string' || typeof at !== 'string' || !isName(mission) || !isName(task) || !isJsonObject(data))
    throw malformed(seq);
  const entry: Entry = { seq, kind, at, data };
  if (mission !== undefined) entry.mission = mission;
  if (task !== undefined) entry.task = task;
  return entry;
}

/** What a row repeats of the body, for queries. */
interface Columns {
  kind: string;
  mission: string | null;
  task: string | null;
}

/** Whether a body that a leaf hash vouches for is of this kind, mission and task: they are its last members, in this order. */
export function isBodyOf(body: Buffer, { kind, mission, task }: Columns): boolean {
  const missionText = mission === null ? '' : `,"mission":${JSON.stringify(mission)}`;
  const taskText = task === null ? '' : `,"task":${JSON.stringify(task)}`;
  const end = `,"kind":${JSON.stringify(kind)}${missionText}${taskText}}`;
  const length = Buffer.byteLength(end);
  return body.length > length && body.toString('utf8', body.length - length) === end;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function malformed(seq: number): NexusError {
  return new NexusError('LOG_CORRUPT', `Entry ${seq} is not a log entry.`, { details: { seq } });
}
