import type { ValidationReport } from '../../../base/generated/validation-report.ts';
import type { Entry } from '../../log/entry.ts';
import { EvidenceDesk } from '../../vault/evidence-desk.ts';
import {
  MISSION_FINISHED,
  readArtifact,
  readFinish,
  readStatement,
  readValidation,
  type FinishRecord,
} from '../../vault/records.ts';
import { readQaRecord } from '../../mission/judgement.ts';
import { MissionCourse } from '../standing/mission-course.ts';
import type { ReportEntry, ReportJudgement, ReportStatement } from './report.ts';

/** Entries of a mission that are shown: the first, and the last of the rest. */
const FIRST = 100;
const LAST = 200;
const MAX_DATA = 400;

/** Everything that a report takes from the entries of a mission, in one pass over them. */
export class MissionFold {
  readonly course = new MissionCourse();
  readonly desk = new EvidenceDesk();
  readonly statements: ReportStatement[] = [];
  readonly judgements: ReportJudgement[] = [];
  /** Bytes of artifacts, by the entry that records them. */
  readonly sizes = new Map<number, number>();
  /** The last report of each suite on each artifact. */
  readonly reports = new Map<string, ValidationReport>();
  /** Name of the suite that a check ran. */
  readonly suites = new Map<string, string>();
  finish: { entry: number; record: FinishRecord } | null = null;
  readonly #first: Entry[] = [];
  readonly #latest: Entry[] = [];

  add(entry: Entry): void {
    this.course.add(entry);
    this.desk.add(entry);
    this.#addEvidence(entry);
    this.#addExcerpt(entry);
  }

  get excerpt(): { first: ReportEntry[]; omitted: number; last: ReportEntry[] } {
    const omitted = this.course.asOf.entries - this.#first.length - this.#latest.length;
    return { first: this.#first.map(inShort), omitted, last: this.#latest.map(inShort) };
  }

  #addEvidence(entry: Entry): void {
    const statement = readStatement(entry);
    if (statement !== undefined) this.statements.push({ entry: entry.seq, task: entry.task ?? null, ...statement });
    const size = readArtifact(entry)?.size;
    if (size !== undefined) this.sizes.set(entry.seq, size);
    const report = readValidation(entry)?.report;
    if (report !== undefined) {
      this.reports.set(`${report.artifactId} ${report.suite}`, report);
      if (entry.task !== undefined) this.suites.set(entry.task, report.suite);
    }
    const judged = readQaRecord(entry);
    if (judged !== undefined && entry.task !== undefined) this.judgements.push({ ...judged, task: entry.task, entry: entry.seq });
    const record = entry.kind === MISSION_FINISHED ? readFinish(entry) : undefined;
    if (record !== undefined) this.finish = { entry: entry.seq, record };
  }

  #addExcerpt(entry: Entry): void {
    if (this.#first.length < FIRST) this.#first.push(entry);
    else this.#latest.push(entry);
    if (this.#latest.length > LAST) this.#latest.shift();
  }
}

function inShort({ seq, at, kind, task, data }: Entry): ReportEntry {
  const text = JSON.stringify(data);
  return { seq, at, kind, task: task ?? null, data: text.length > MAX_DATA ? `${text.slice(0, MAX_DATA)}…` : text };
}
