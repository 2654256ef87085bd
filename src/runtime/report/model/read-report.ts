import type { LogReader } from '../../log/log-reader.ts';
import { readGraph } from '../../mission/graphs.ts';
import { findMission, type MissionRow, taskRows } from '../../mission/queries.ts';
import { parseBaseRecord } from '../../vault/base-record.ts';
import { resultRef } from '../../workspace/git/branches.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { countsOf } from '../standing/counts.ts';
import { runsSoFar } from '../standing/runs.ts';
import { MissionFold } from './mission-fold.ts';
import { readCost } from './read-cost.ts';
import { readMilestones } from './read-milestones.ts';
import { readProof } from './read-proof.ts';
import { readTasks } from './read-tasks.ts';
import { readChecks, readSuites } from './read-verdicts.ts';
import type { Report, ReportArtifact, ReportKeys, ReportMission } from './report.ts';

export interface ReportSource {
  log: LogReader;
  store: ContentStore;
  keys: ReportKeys;
}

/** The report of a mission (as `findMission` takes it), finished or not, from one view of the log. Throws `NOT_FOUND`, or `USAGE`. */
export function readReport(mission: string, source: ReportSource): Report {
  return source.log.db.transaction(() => read(findMission(source.log.db, mission), source));
}

function read(row: MissionRow, { log, store, keys }: ReportSource): Report {
  const fold = new MissionFold();
  for (const entry of log.entries({ mission: row.id, from: row.first_seq })) fold.add(entry);
  const { mission, asOf } = fold.course;
  const runs = runsSoFar(fold.course);
  const rows = new Map(taskRows(log.db, row.id).map((task) => [task.id, task]));
  const tasks = readTasks(readGraph(store, row.graph).tasks, { db: log.db, rows, standing: fold.course });
  const artifacts = readArtifacts(fold);
  return {
    mission: missionOf(row),
    gate: {
      result: row.gate ?? 'pending',
      reasons: reasonsOf(row),
      entry: mission.gate.entry,
      time: mission.gate.time,
    },
    asOf,
    counts: countsOf(tasks),
    milestones: readMilestones(tasks, fold.course.tasks),
    tasks,
    runs,
    cost: readCost(tasks, { runs, now: asOf.time }),
    suites: readSuites(fold, artifacts),
    checks: readChecks(tasks, fold, store),
    judgements: fold.judgements,
    artifacts,
    statements: fold.statements,
    proof: readProof(log, fold, { first: row.first_seq, keys }),
    log: fold.excerpt,
  };
}

function missionOf(row: MissionRow): ReportMission {
  const { id, objective, priority, state, reason, graph, head } = row;
  return {
    id,
    objective,
    priority,
    state,
    reason,
    specification: { id: row.specification, title: row.title, dialect: row.dialect, digest: row.digest },
    originatingSpec: row.originating_spec,
    graph,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    head,
    base: baseOf(row),
    result:
      row.result === null ? null : { commit: row.result, ref: resultRef(id), branch: row.branch, reason: row.branch_refused },
  };
}

function baseOf({ base }: MissionRow): ReportMission['base'] {
  const record = base === null ? undefined : parseBaseRecord(JSON.parse(base));
  return record === undefined ? null : { commit: record.commit, uri: record.uri };
}

function reasonsOf({ gate_reasons: text }: MissionRow): string[] {
  const reasons: unknown = text === null ? [] : JSON.parse(text);
  return Array.isArray(reasons) ? reasons.map(String) : [];
}

function readArtifacts({ desk, sizes }: MissionFold): ReportArtifact[] {
  return desk.items().map((item) => ({ ...item, size: sizes.get(item.entries.artifact) ?? 0 }));
}
