import type { TableQuery } from '../log/table-query.ts';
import type { EvidenceItem } from './evidence-desk.ts';

/** The mission that made an artifact. */
export interface EvidenceSource {
  id: string;
  specification: string;
  state: string;
  gate: string | null;
  startedAt: string;
}

type Column = TableQuery['columns'][number];

/** `analytics.evidence_summary`: one row for each artifact of each mission. `docs/evidence-query.md` says what the columns mean. */
export const EVIDENCE_COLUMNS: readonly Column[] = [
  { name: 'mission_id', type: 'TEXT' },
  { name: 'specification', type: 'TEXT' },
  { name: 'mission_state', type: 'TEXT' },
  { name: 'gate', type: 'TEXT' },
  { name: 'started_at', type: 'TEXT' },
  { name: 'artifact_id', type: 'TEXT' },
  { name: 'path', type: 'TEXT' },
  { name: 'type', type: 'TEXT' },
  { name: 'checksum', type: 'TEXT' },
  { name: 'uri', type: 'TEXT' },
  { name: 'reviewer', type: 'TEXT' },
  { name: 'task', type: 'TEXT' },
  { name: 'validation', type: 'TEXT' },
  { name: 'coverage', type: 'REAL' },
  { name: 'statements', type: 'INTEGER' },
  { name: 'validations', type: 'INTEGER' },
  { name: 'entry', type: 'INTEGER' },
];

/** In the order of the columns. */
export function evidenceRow(mission: EvidenceSource, item: EvidenceItem): (string | number | null)[] {
  const { artifactId, path, type, checksum, uri, reviewer, task, validation, coverage, entries } = item;
  return [
    mission.id,
    mission.specification,
    mission.state,
    mission.gate,
    mission.startedAt,
    artifactId,
    path,
    type,
    checksum,
    uri,
    reviewer,
    task,
    validation,
    coverage,
    entries.statements.length,
    entries.validations.length,
    entries.artifact,
  ];
}
