import type { Digest } from '../../base/digest.ts';
import type { Entry } from '../log/entry.ts';
import type { RecordedStatement } from './export-layout.ts';
import type { TreeEntry } from './tree-listing.ts';

/** Something looked up: what it is called in a failure, found or not, and what was found. */
export interface Found<T> {
  subject: string;
  content: T | undefined;
}

/** Where the evidence of a mission comes from: an exported folder, or the workspace. */
export interface MissionMaterial {
  mission: string;
  /** What the records as a whole are called in a failure. */
  subject: string;
  /** The mission's entries in the order of the log; entries of other kinds than evidence may be left out. */
  entries: readonly Entry[];
  /** Entries about what happened to agents, in the order of the log; more may be among them. */
  steps(): Iterable<Entry>;
  /** What an entry is called in a failure. */
  entrySubject(entry: Entry): string;
  bundle(statement: RecordedStatement): Found<Uint8Array>;
  /** Name of a statement that the log does not record. */
  statementSubject(name: string): string;
  listing(head: Digest): Found<Uint8Array>;
  /** Digest of the content that is there for a file of the product, or that was until it was `removed`, which the log records. */
  artifact(file: TreeEntry): Found<Digest> & { removed?: boolean };
  /** A part of the proof of what was there before: the listing of its files, everything in the commit, the commit itself. */
  base(name: 'tree' | 'entries' | 'object', digest: Digest): Found<Uint8Array>;
  /** The bundle of the release policy that the gate asked. */
  policy(digest: Digest): Found<Uint8Array>;
  /** Id that git gives to the content of a file of the product; undefined if it is not there. */
  blobId(file: TreeEntry, hash: 'sha1' | 'sha256'): string | undefined;
  /** A mission still under way has no seal, and is checked as far as it goes. */
  finished: boolean;
}
