import { canonicalJson } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import {
  APPROVAL,
  approval,
  approvalName,
  type ApprovalWord,
  QUESTION_ASKED,
  readApprovalWord,
  specificationIn,
} from './approval.ts';
import type { NamedStatement } from './gate.ts';
import type { MissionCheck } from './mission-records.ts';
import { MISSION_CREATED } from './records.ts';

/**
 * What people have said stands in the log and in a signed statement, and both say the same: each word of a mission that has ended has its statement, and
 * each statement its word. Statements of other missions came with results that were taken from there, and are held against those.
 */
export function checkApprovals({ material, records, failures }: MissionCheck, statements: readonly NamedStatement[]): void {
  const own = statements.filter(({ verified: { statement } }) => isOf(material.mission, statement));
  const said = new Map(own.map((each) => [each.verified.statement.predicate['request'], each]));
  for (const word of material.entries.flatMap((entry) => readApprovalWord(entry) ?? [])) {
    const { entry, request } = word;
    const found = said.get(request);
    said.delete(request);
    const subject = material.statementSubject(found?.name ?? approvalName(word));
    if (found === undefined) {
      if (!isDue(entry, records) || failures.about(subject)) continue;
      failures.add(subject, 'VERIFY_APPROVAL', `entry ${entry.seq} is a ${entry.kind} of ${word.by}, and no statement says so`);
    } else if (canonicalJson(found.verified.statement) !== canonicalJson(statementOf(word, material))) {
      failures.add(subject, 'VERIFY_APPROVAL', `it does not say what entry ${entry.seq} does, a ${entry.kind} of ${word.by}`);
    }
  }
  for (const { name } of said.values()) {
    failures.add(material.statementSubject(name), 'VERIFY_APPROVAL', 'no entry of the log is the word that it says was given');
  }
}

function isOf(mission: string, { predicateType, predicate }: NamedStatement['verified']['statement']): boolean {
  return predicateType === APPROVAL && predicate['mission'] === `urn:uuid:${mission}`;
}

/** A mission that is cancelled while nobody drives it may have nobody who can sign. */
function isDue(word: Entry, { finish }: MissionCheck['records']): boolean {
  return finish !== undefined && finish.record.state !== 'cancelled' && word.seq < finish.entry.seq;
}

function statementOf(word: ApprovalWord, { mission, entries }: MissionCheck['material']) {
  const created = entries.find(({ kind }) => kind === MISSION_CREATED);
  const specification = created && specificationIn(created);
  const asked = entries.findLast(
    ({ kind, seq, data }) => kind === QUESTION_ASKED && seq < word.entry.seq && data['question'] === word.question,
  );
  return specification === undefined ? null : approval(word, { mission, specification, asked });
}
