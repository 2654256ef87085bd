import { NexusError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { evidenceRows, findMission } from '../mission/queries.ts';
import { openContentStore } from '../vault/content-store.ts';
import type { ValidationReport } from '../../base/generated/validation-report.ts';
import { type ArtifactRecord, readArtifact, readStatement, readValidation } from '../vault/records.ts';
import { withHistory } from './history.ts';
import type { Handler } from './operations.ts';
import type { EvidenceItem, EvidenceView } from './views.ts';

export const listEvidence: Handler<'evidence.list'> = ({ mission }, context) =>
  withHistory(context, ({ log }) => {
    const { id } = findMission(log.db, mission);
    return { kind: 'EvidenceList', mission: id, items: readEvidence(log, id) };
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
        return record === undefined ? [] : [{ seq, ...record, statement: payloadOf(store.get(record.bundle)) }];
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
function readEvidence(log: LogReader, mission: string): EvidenceItem[] {
  const desk = new EvidenceDesk();
  for (const { seq } of evidenceRows(log.db, mission)) desk.add(log.entry(seq));
  return desk.items();
}

/** Sorts evidence by artifact. Entries come in log order: an artifact before what is said of it. */
class EvidenceDesk {
  readonly #byPath = new Map<string, EvidenceItem>();
  readonly #byId = new Map<string, EvidenceItem>();
  /** By task: the artifacts that it made or judged. */
  readonly #about = new Map<string, Set<EvidenceItem>>();
  readonly #statements: { seq: number; task: string }[] = [];

  add(entry: Entry): void {
    const { seq, task = '' } = entry;
    const artifact = readArtifact(entry);
    const report = readValidation(entry)?.report;
    if (artifact !== undefined) this.#addArtifact(artifact, { seq, task });
    else if (report !== undefined) this.#addReport(report, { seq, task });
    else if (readStatement(entry) !== undefined) this.#statements.push({ seq, task });
  }

  items(): EvidenceItem[] {
    for (const { seq, task } of this.#statements.splice(0)) {
      for (const item of this.#about.get(task) ?? []) item.entries.statements.push(seq);
    }
    return [...this.#byPath.values()];
  }

  #addArtifact({ path, evidence }: ArtifactRecord, { seq, task }: { seq: number; task: string }): void {
    const { missionId: _, ...shown } = evidence;
    const entries = { artifact: seq, statements: [], validations: [] };
    const item: EvidenceItem = { ...shown, path, task, validation: null, coverage: null, entries };
    this.#byPath.set(path, item);
    this.#byId.set(item.artifactId, item);
    this.#concerns(task, item);
  }

  /** One failed report outweighs any number that passed. */
  #addReport(report: ValidationReport, { seq, task }: { seq: number; task: string }): void {
    const item = this.#byId.get(report.artifactId);
    if (item === undefined) return;
    item.entries.validations.push(seq);
    item.validation = item.validation === 'fail' ? 'fail' : report.result;
    item.coverage = Math.max(item.coverage ?? 0, report.coverage);
    this.#concerns(task, item);
  }

  #concerns(task: string, item: EvidenceItem): void {
    this.#about.set(task, (this.#about.get(task) ?? new Set()).add(item));
  }
}

/** The statement inside a Sigstore bundle, unverified: `spec-kit verify` verifies. */
function payloadOf(bundle: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(bundle).toString('utf8'));
  const envelope = isJsonObject(value) ? value['dsseEnvelope'] : undefined;
  const payload = isJsonObject(envelope) ? envelope['payload'] : undefined;
  return typeof payload === 'string' ? JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) : {};
}
