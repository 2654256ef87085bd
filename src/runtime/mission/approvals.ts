import type { Entry, EntryDraft } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { approval, approvalName, type ApprovalWord, readApprovalWord } from '../vault/approval.ts';
import { approvalRecorded } from '../vault/records.ts';
import { sealStatement } from '../vault/seal-statement.ts';
import type { Notary } from './evidence.ts';
import { missionRow, unsignedWords } from './queries.ts';
import { questionRow } from './question-rows.ts';

/**
 * Signs what people have said to a mission that is not signed yet, and records it. Doing it again does nothing: so it is done when a word has been said, and
 * again when a mission is taken up and when it ends, for a word whose statement was never written.
 */
export async function recordApprovals(mission: string, { log, ...notary }: Notary & { log: Log }): Promise<void> {
  const drafts: EntryDraft[] = [];
  for (const seq of unsignedWords(log.db, mission)) {
    const word = readApprovalWord(log.entry(seq));
    if (word !== undefined) drafts.push(await signed(word, mission, { log, ...notary }));
  }
  if (drafts.length > 0) await log.append(drafts);
}

async function signed(word: ApprovalWord, mission: string, { log, ...notary }: Notary & { log: Log }): Promise<EntryDraft> {
  const { specification: id, digest } = missionRow(log.db, mission) ?? {};
  if (id === undefined || digest === undefined) throw new RangeError(`no mission ${mission}`);
  const statement = approval(word, { mission, specification: { id, digest }, asked: questionOf(word, mission, log) });
  const record = await sealStatement(approvalName(word), statement, notary);
  return approvalRecorded({ mission, task: word.task }, record, word.request);
}

/** The entry that put the question as it was answered. */
function questionOf({ question }: ApprovalWord, mission: string, log: Log): Entry | undefined {
  const row = question === undefined ? undefined : questionRow(log.db, mission, question);
  return row && log.entry(row.seq);
}
