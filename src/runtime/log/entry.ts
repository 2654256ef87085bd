import type { JsonObject } from '../../base/json.ts';

/** What a writer appends. `kind` is dotted, past tense where it tells an event: `task.started`. */
export interface EntryDraft {
  kind: string;
  /** Mission it belongs to, if any. */
  mission?: string;
  /** Task it belongs to, if any. */
  task?: string;
  /** The rest; digests rather than bodies: an entry is at most 65,535 bytes (C2SP tlog-tiles bundle limit). */
  data: JsonObject;
  /** Appending the same key twice is one entry; the second append returns the first's position. */
  dedup?: string;
}

/** An entry as it stands in the log. Its leaf is the canonical JSON of `{apiVersion, kind, at, mission?, task?, data}`, but for records of Rekor. */
export interface Entry {
  /** Position in the tree, from 0. */
  seq: number;
  kind: string;
  /** RFC 3339, when it was appended; of what says no time itself, that of the entry before it. */
  at: string;
  mission?: string;
  task?: string;
  data: JsonObject;
}
