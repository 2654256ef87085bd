import { parseCheckpoint } from '../../log/checkpoint.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { formatProof } from '../../log/proof.ts';
import type { MissionFold } from './mission-fold.ts';
import type { ReportKeys, ReportProof } from './report.ts';

/**
 * What the mission's entries can be held against. Proofs are against the first head that covers its last entry, so that what other missions
 * append does not change them.
 */
export function readProof(log: LogReader, fold: MissionFold, { first, keys }: { first: number; keys: ReportKeys }): ReportProof {
  const { course, finish } = fold;
  const checkpoint = log.checkpointCovering(course.asOf.entry);
  const seal = finish === null ? null : finish.record.statements;
  if (checkpoint === undefined) return { checkpoint: null, keys, seal, entries: [] };
  const { origin } = parseCheckpoint(checkpoint.note);
  const entries = [first, course.mission.gate.entry, finish?.entry ?? null].flatMap((entry) => {
    if (entry === null) return [];
    const leaf = log.leafBody(entry).toString('utf8');
    const proof = formatProof(log.prove(entry, checkpoint.size));
    return [{ entry, kind: log.entry(entry).kind, leaf, proof }];
  });
  return { checkpoint: { origin, ...checkpoint }, keys, seal, entries };
}
