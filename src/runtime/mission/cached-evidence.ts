import type { EntryDraft } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { type Change, mergeTrees, type Tree } from '../vault/artifact.ts';
import { artifactIdOf, validationReport } from '../vault/evidence.ts';
import {
  type ArtifactRecord,
  artifactRemoved,
  readArtifact,
  readStatement,
  readValidation,
  statementRecorded,
  validationRecorded,
} from '../vault/records.ts';
import { recordArtifacts } from './evidence.ts';
import { evidenceRows } from './queries.ts';

/**
 * The evidence of a result that is taken from another mission, recorded again under this one: a mission's proof stands on its own. Statements
 * are the very ones that were signed then; reports point to this mission's artifacts.
 */
export function recordAgain(
  place: { mission: string; task: string },
  { log, origin, change, below }: { log: LogReader; origin: string; change: Change; below: () => Tree },
): EntryDraft[] {
  const { files: tree, removed } = change;
  const drafts = [...recordArtifacts(place, tree), ...removed.map((path) => artifactRemoved(place, path))];
  const rows = evidenceRows(log.db, origin, place.task);
  if (rows.length === 0) return drafts;
  const renamed = new Map(
    mergeTrees([below(), tree]).map((artifact) => [artifactIdOf(origin, artifact), artifactIdOf(place.mission, artifact)]),
  );
  for (const { seq } of rows) {
    const entry = log.entry(seq);
    const statement = readStatement(entry);
    const report = readValidation(entry)?.report;
    const artifact = readArtifact(entry);
    if (artifact !== undefined) drafts.push(...artifactAgain(place, artifact, tree));
    else if (statement !== undefined) drafts.push(statementRecorded(place, statement));
    else if (report !== undefined) {
      const { suite, result, coverage, generatedAt } = report;
      const artifactId = renamed.get(report.artifactId) ?? report.artifactId;
      drafts.push(validationRecorded(place, validationReport({ artifactId, suite, result, coverage, generatedAt })));
    }
  }
  return drafts;
}

/** A check has merged files on record that are in nobody's tree. */
function artifactAgain(
  place: { mission: string; task: string },
  { path, size, evidence: { checksum: digest, type } }: ArtifactRecord,
  tree: Tree,
): EntryDraft[] {
  return tree.length > 0 ? [] : recordArtifacts(place, [{ path, size, digest, type }]);
}
