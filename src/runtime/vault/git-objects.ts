import { createHash } from 'node:crypto';

import { compareText } from '../../base/text.ts';
import { parseStrictJson } from './strict-json.ts';

/** A file, link or submodule of a commit, as git has it. */
export interface GitEntry {
  /** Octal, without leading zeros: `100644`, `100755`, `120000` (link), `160000` (submodule). */
  mode: string;
  /** Object id, in hex. */
  id: string;
  path: string;
}

/** The hash of a repository's objects, by how long an id of one is. */
export function gitHash(id: string): 'sha1' | 'sha256' {
  return id.length === 64 ? 'sha256' : 'sha1';
}

/** Object id of some content, in hex. */
export function gitObjectId(kind: 'blob' | 'tree' | 'commit', content: Uint8Array, hash: 'sha1' | 'sha256'): string {
  return createHash(hash).update(`${kind} ${content.length}\0`).update(content).digest('hex');
}

/** Entries as they are kept: `[mode, id, path]`, one a line. */
export function gitListing(entries: readonly GitEntry[]): Uint8Array {
  const lines = entries.map(({ mode, id, path }) => JSON.stringify([mode, id, path]));
  return Buffer.from(`[\n${lines.join(',\n')}\n]\n`);
}

/** Reads what `gitListing` wrote. Throws `SyntaxError`. */
export function parseGitListing(bytes: Uint8Array): GitEntry[] {
  const value = parseStrictJson(bytes);
  if (!Array.isArray(value)) throw new SyntaxError('not a list of entries');
  return value.map((item) => {
    const [mode, id, path, ...rest] = Array.isArray(item) ? item : [];
    const isEntry = typeof mode === 'string' && typeof id === 'string' && typeof path === 'string' && rest.length === 0;
    if (!isEntry || !/^[0-7]{5,6}$/.test(mode) || !/^(?:[\da-f]{40}|[\da-f]{64})$/.test(id))
      throw new SyntaxError('an entry is malformed');
    return { mode, id, path };
  });
}

/** Id of the tree that has these entries: what a commit names. Every tree inside of it is hashed anew. */
export function gitTreeId(entries: readonly GitEntry[], hash: 'sha1' | 'sha256'): string {
  const root: Folder = new Map();
  for (const { mode, id, path } of entries) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let folder = root;
    for (const name of names) {
      const inner = folder.get(name);
      const next: Folder = inner instanceof Map ? inner : new Map();
      folder.set(name, next);
      folder = next;
    }
    folder.set(last, { mode, id });
  }
  return treeId(root, hash);
}

type Folder = Map<string, Folder | { mode: string; id: string }>;

/** https://git-scm.com/docs/gitformat-pack and `fsck`: members in the order of their bytes, folders as if their names ended in `/`. */
function treeId(folder: Folder, hash: 'sha1' | 'sha256'): string {
  const members = [...folder].map(([name, member]) => {
    const isFolder = member instanceof Map;
    const { mode, id } = isFolder ? { mode: '40000', id: treeId(member, hash) } : member;
    const key = Buffer.from(isFolder ? `${name}/` : name);
    return { key, bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]) };
  });
  members.sort((a, b) => Buffer.compare(a.key, b.key));
  return gitObjectId('tree', Buffer.concat(members.map(({ bytes }) => bytes)), hash);
}

/** The tree that a raw commit object names; undefined if it is none. */
export function treeOfCommit(commit: Uint8Array): string | undefined {
  return /^tree ([\da-f]{40}|[\da-f]{64})\n/.exec(Buffer.from(commit.subarray(0, 80)).toString('latin1'))?.[1];
}

/** Whether a mode is that of a plain file. */
export function isGitFile({ mode }: GitEntry): boolean {
  return mode === '100644' || mode === '100755' || mode === '100664';
}

export function byPath(a: GitEntry, b: GitEntry): number {
  return compareText(a.path, b.path);
}
