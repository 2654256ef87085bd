import { NexusError } from '../../../base/errors.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { evidenceRows, findMission } from '../../mission/queries.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { EvidenceDesk, type EvidenceItem } from '../../vault/evidence-desk.ts';
import { readStatement, readValidation } from '../../vault/records.ts';
import { unverifiedStatement } from '../../vault/unverified-statement.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import { pageOf } from '../page.ts';
import type { EvidenceView } from '../views.ts';

export const listEvidence: Handler<'evidence.list'> = ({ mission, ...page }, context) =>
  withHistory(context, ({ log }) => {
    const { id } = findMission(log.db, mission);
    const { items, next } = pageOf(readEvidence(log, id), page, ({ path }) => path);
    return { kind: 'EvidenceList', mission: id, items, ...next };
  });

export const showEvidence: Handler<'evidence.show'> = ({ mission, artifact }, context) =>
  withHistory(context, ({ log, workspace }): EvidenceView => {
    const { id } = findMission(log.db, mission);
    const item = readEvidence(log, id).find((each) => [each.path, each.artifactId, each.checksum].includes(artifact));
    if (item === undefined) throw noArtifact(id, artifact);
    const store = openContentStore(workspace.dir);
    return {
      kind: 'Evidence',
      mission: id,
      item,
      statements: item.entries.statements.flatMap((seq) => {
        const record = readStatement(log.entry(seq));
        return record === undefined ? [] : [{ seq, ...record, statement: unverifiedStatement(store.get(record.bundle)) }];
      }),
      validations: item.entries.validations.map((seq) => ({ ...readValidation(log.entry(seq))?.report })),
    };
  });

function noArtifact(mission: string, artifact: string): NexusError {
  return new NexusError('NOT_FOUND', `Mission ${mission} has no artifact ${artifact}.`, {
    hint: 'Name a path, an artifact id or a checksum; `spec-kit evidence list` shows them.',
    details: { mission, artifact },
  });
}

/** Artifacts of a mission with the statements and reports about them; of two attempts at a path the last counts. */
export function readEvidence(log: LogReader, mission: string): EvidenceItem[] {
  const desk = new EvidenceDesk();
  const seqs = evidenceRows(log.db, mission).map(({ seq }) => seq);
  for (const entry of log.entriesAt(seqs)) desk.add(entry);
  return desk.items();
}
