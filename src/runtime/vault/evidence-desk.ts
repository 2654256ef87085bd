import type { ValidationReport } from '../../base/generated/validation-report.ts';
import type { Entry } from '../log/entry.ts';
import type { ArtifactType } from './artifact.ts';
import { type ArtifactRecord, readArtifact, readStatement, readValidation } from './records.ts';

/** One artifact and what is claimed about it. */
export interface EvidenceItem {
  artifactId: string;
  path: string;
  type: ArtifactType;
  checksum: string;
  uri: string;
  reviewer: string;
  task: string;
  /** `pass`, `fail`, or null if no check has covered it. */
  validation: 'pass' | 'fail' | null;
  coverage: number | null;
  /** Positions in the log. */
  entries: { artifact: number; statements: number[]; validations: number[] };
}

/** Sorts the evidence of a mission by artifact; of two attempts at a path the last counts. Entries come in log order: an artifact before what is said of it. */
export class EvidenceDesk {
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
