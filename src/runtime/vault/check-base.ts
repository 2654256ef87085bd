import { sha256 } from '../../base/digest.ts';
import { messageOf } from '../../base/errors.ts';
import { type GitEntry, gitHash, gitObjectId, gitTreeId, parseGitListing, treeOfCommit } from './git-objects.ts';
import type { MissionCheck } from './mission-records.ts';
import { parseTreeListing, type TreeEntry } from './tree-listing.ts';

/** What a mission started from, as far as it is proven. */
export interface CheckedBase {
  /** Files that agents saw, by path. */
  files: ReadonlyMap<string, TreeEntry>;
  /** Everything that the commit has, by path; its trees hash to the commit. */
  entries: ReadonlyMap<string, GitEntry>;
  hash: 'sha1' | 'sha256';
}

/**
 * Shows that the list of what was there before is that of the commit on record: every tree is hashed anew up to the one that the commit names, and the
 * commit to its id. Undefined where there was nothing, or where it does not hold, which is a failure.
 */
export function checkBase({ material, records, failures }: MissionCheck): CheckedBase | undefined {
  const { base } = records;
  if (base === undefined) return undefined;
  const parts = { tree: base.tree, entries: base.entries, object: base.object };
  const [tree, entries, object] = (['tree', 'entries', 'object'] as const).map((name) => {
    const { subject, content } = material.base(name, parts[name]);
    if (content !== undefined && sha256(content) === parts[name]) return content;
    failures.add(
      subject,
      'VERIFY_BASE',
      `it ${content === undefined ? 'is missing' : 'was changed'}: on record is ${parts[name]}`,
    );
    return undefined;
  });
  if (tree === undefined || entries === undefined || object === undefined) return undefined;
  try {
    const hash = gitHash(base.commit);
    const listed = parseGitListing(entries);
    if (gitObjectId('commit', object, hash) !== base.commit) throw new Error(`the commit object is not that of ${base.commit}`);
    if (gitTreeId(listed, hash) !== treeOfCommit(object))
      throw new Error(`the list of files is not that of commit ${base.commit}`);
    return {
      files: new Map(parseTreeListing(tree).map((file) => [file.path, file])),
      entries: new Map(listed.map((entry) => [entry.path, entry])),
      hash,
    };
  } catch (error) {
    failures.add(material.subject, 'VERIFY_BASE', messageOf(error));
    return undefined;
  }
}

/** Why a file that is said to be as it was before is not just what the commit has. */
export function baseFault(
  file: TreeEntry,
  { entries, hash }: CheckedBase,
  blobId: (hash: 'sha1' | 'sha256') => string | undefined,
) {
  const entry = entries.get(file.path);
  if (entry === undefined) return 'the commit that the mission started from has no such file';
  if ((entry.mode === '100755') !== (file.executable === true)) return `the commit has it with mode ${entry.mode}`;
  const id = blobId(hash);
  return id === entry.id
    ? undefined
    : `its content is ${id ?? 'not there'} to git; the commit that the mission started from has ${entry.id}`;
}
