import { counted } from '../../base/text.ts';
import type { Entry } from '../log/entry.ts';
import { type BaseRecord, parseBaseRecord } from './base-record.ts';
import { recordedStatements, type RecordedStatement } from './export-layout.ts';
import type { Failures } from './failure.ts';
import type { MissionMaterial } from './mission-material.ts';
import {
  ARTIFACT_RECORDED,
  ARTIFACT_REMOVED,
  type ArtifactRecord,
  type FinishRecord,
  GATE_DECIDED,
  type GateRecord,
  MISSION_CREATED,
  MISSION_FINISHED,
  readArtifact,
  readFinish,
  readGate,
  readRemoval,
  readStatement,
  readValidation,
  STATEMENT_RECORDED,
  VALIDATION_RECORDED,
} from './records.ts';
import type { Checked } from './verification.ts';

/** What the entries say, as far as they are well-formed. */
export interface MissionRecords {
  artifacts: Map<string, ArtifactRecord>;
  /** Paths that some task has taken away. */
  removed: Set<string>;
  /** The commit that the mission started from. */
  base?: BaseRecord;
  statements: RecordedStatement[];
  /** Last decision, last end. */
  gate?: { entry: Entry; record: GateRecord };
  finish?: { entry: Entry; record: FinishRecord };
}

/** A mission under verification: where its evidence is, what its records say, and the report. */
export interface MissionCheck {
  material: MissionMaterial;
  records: MissionRecords;
  failures: Failures;
  checked: Checked;
}

/** Reads every entry; those that are not what their kind must be are failures. */
export function readRecords(material: MissionMaterial, failures: Failures): MissionRecords {
  const records: MissionRecords = { artifacts: new Map(), removed: new Set(), statements: recordedStatements(material.entries) };
  let created = 0;
  for (const entry of material.entries) {
    if (entry.kind === MISSION_CREATED) created++;
    if (takeRecord(records, entry)) continue;
    failures.add(material.entrySubject(entry), 'VERIFY_RECORD', `entry ${entry.seq} is no ${entry.kind}`);
  }
  const fault = (what: string) =>
    failures.add(material.subject, 'VERIFY_MISSION', `mission ${material.mission} has ${what} on record`);
  if (created !== 1) fault(counted(created, 'beginning'));
  if (material.finished && records.finish === undefined) fault('no end');
  return records;
}

/** False if the entry is of a kind that we know, and not what that kind must be. */
function takeRecord(records: MissionRecords, entry: Entry): boolean {
  switch (entry.kind) {
    case ARTIFACT_RECORDED: {
      const record = readArtifact(entry);
      if (record !== undefined) records.artifacts.set(artifactKey(record.path, record.evidence.checksum), record);
      return record !== undefined;
    }
    case ARTIFACT_REMOVED: {
      const path = readRemoval(entry);
      if (path !== undefined) records.removed.add(path);
      return path !== undefined;
    }
    case MISSION_CREATED: {
      if (entry.data['base'] === undefined) return true;
      const base = parseBaseRecord(entry.data['base']);
      if (base !== undefined) records.base = base;
      return base !== undefined;
    }
    case GATE_DECIDED: {
      const record = readGate(entry);
      if (record !== undefined) records.gate = { entry, record };
      return record !== undefined;
    }
    case MISSION_FINISHED: {
      const record = readFinish(entry);
      if (record !== undefined) records.finish = { entry, record };
      return record !== undefined;
    }
    case STATEMENT_RECORDED:
      return readStatement(entry) !== undefined;
    case VALIDATION_RECORDED:
      return readValidation(entry) !== undefined;
    default:
      return true;
  }
}

/** Names a content at a path. */
export function artifactKey(path: string, digest: string): string {
  return `${digest} ${path}`;
}
