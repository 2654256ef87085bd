import { NexusError } from '../../base/errors.ts';
import { type TreeHead, verifyCheckpoint } from './checkpoint.ts';
import type { LogDatabase } from './database.ts';
import { rangeHash } from './merkle.ts';
import type { NoteVerifier } from './signed-note.ts';
import { StoredTree } from './stored-tree.ts';

/**
 * Refuses a log that has fewer entries than were once published of it, or others: from a backup it would go on to sign another history than the one that
 * strangers have seen. `note` is the checkpoint that was published. Throws `LOG_BEHIND`, `VERIFY_FAILED`.
 */
export function refuseBehind(database: LogDatabase | undefined, note: string | undefined, verifier: NoteVerifier): void {
  if (note === undefined) return;
  const head = verifyCheckpoint(note, verifier);
  const size = database?.get<{ size: number }>('SELECT coalesce(max(seq) + 1, 0) AS size FROM entry')?.size ?? 0;
  if (size < head.size) throw behind(`it has ${size} entries, and ${head.size} were published`, head);
  if (database === undefined || head.size === 0) return;
  if (!rangeHash(0, head.size, new StoredTree(database).node).equals(head.root)) {
    throw behind(`its first ${head.size} entries are not those that were published`, head);
  }
}

export function behind(why: string, { origin, size }: Pick<TreeHead, 'origin' | 'size'>): NexusError {
  return new NexusError('LOG_BEHIND', `The log ${origin} is not the one that was published: ${why}.`, {
    hint: 'Nothing was signed. Restore the newest workspace; or begin another one, whose log has a name of its own.',
    details: { origin, published: size },
  });
}
