import type { Digest } from '../../../base/digest.ts';

/** What is remembered: found by a question, the best first, or all of it, the newest first. */
export interface MemoryListView {
  kind: 'MemoryList';
  query: string | null;
  items: MemoryItem[];
  /** Scopes that have entries. */
  scopes: { name: string; entries: number }[];
  /** Files that were passed over, and why. */
  faults: { path: string; fault: string }[];
  /** Why vectors had no part in it, where they should have. */
  degraded: string | null;
}

export interface MemoryItem {
  id: Digest;
  scope: string;
  kind: string;
  trust: 'trusted' | 'untrusted';
  text: string;
  sha256: Digest;
  at: string;
  /** Of its file, below the folder of the memory. */
  path: string;
  agent: string | null;
  person: string | null;
  mission: string | null;
  task: string | null;
  attempt: number | null;
  score: number;
}

export interface MemoryAddedView {
  kind: 'MemoryAdded';
  entry: MemoryItem;
  /** False if another process writes to the workspace: the file is there, and its log is still to be told. */
  recorded: boolean;
}

export interface MemoryRebuildView {
  kind: 'MemoryRebuild';
  /** What the log was told: files that came, files that went, entries that somebody vouches for now. */
  found: number;
  lost: number;
  trusted: number;
  scopes: MemoryListView['scopes'];
  faults: MemoryListView['faults'];
}

/** Secrets by name; never their values. */
export interface SecretListView {
  kind: 'SecretList';
  /** File that says where they come from. */
  file: string | null;
  /** Whether a person has allowed what it says, as it stands. */
  allowed: boolean;
  items: {
    name: string;
    from: 'env' | 'file' | 'vault';
    source: string;
    state: 'available' | 'missing' | 'not-allowed';
    reason: string | null;
  }[];
}
