import { canonicalJson } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import { AGENT_RUN, ChronicleFold, readAgentRun, type RunClaim } from './agent-run.ts';
import { artifactKey, type MissionCheck } from './mission-records.ts';
import type { NamedStatement } from './gate.ts';
import { runNamedBy } from './provenance.ts';

/**
 * What agents did, by its statements: each says of its steps what the log does, and the provenance of files names the run that they are from, which is on record and
 * is about them. The steps of a result that came from another mission stand there.
 */
export function checkRuns(check: MissionCheck, statements: readonly NamedStatement[]): void {
  const runs = statements.filter(({ verified }) => verified.statement.predicateType === AGENT_RUN);
  const claims = runs.map(({ name, verified }) => ({ name, claim: readAgentRun(verified.statement) }));
  const folds = foldsOf(
    check,
    claims.flatMap(({ claim }) => claim ?? []),
  );
  for (const { name, claim } of claims) {
    const fault = claim === undefined ? 'it is no statement of a run' : chronicleFault(claim, folds.get(keyOf(claim)));
    if (fault !== undefined) check.failures.add(check.material.statementSubject(name), 'VERIFY_RUN', fault);
  }
  checkByproducts(check, statements, runs);
}

const keyOf = ({ task, attempt }: Pick<RunClaim, 'task' | 'attempt'>): string => `${attempt} ${task}`;

/** Of the runs of this mission, by attempt: what the log says. */
function foldsOf({ material }: MissionCheck, claims: readonly RunClaim[]): Map<string, ChronicleFold> {
  const own = claims.filter(({ mission }) => mission === material.mission);
  const folds = new Map(own.map((claim) => [keyOf(claim), new ChronicleFold()]));
  if (folds.size > 0) for (const entry of material.steps()) folds.get(attemptOf(entry))?.add(entry);
  return folds;
}

const attemptOf = ({ task = '', data: { attempt } }: Entry): string => `${typeof attempt === 'number' ? attempt : ''} ${task}`;

function chronicleFault({ said, task, attempt }: RunClaim, fold: ChronicleFold | undefined): string | undefined {
  if (fold === undefined || canonicalJson(said) === canonicalJson(fold.result())) return undefined;
  return `it does not say what the log does of attempt ${attempt} at ${task}: ${fold.entries} steps are on record`;
}

function checkByproducts(
  { material, records, failures }: MissionCheck,
  statements: readonly NamedStatement[],
  runs: readonly NamedStatement[],
): void {
  const recorded = new Set<string>(records.statements.map(({ record }) => record.bundle));
  const byBundle = new Map(runs.map(({ verified }) => [verified.bundle, verified]));
  for (const { name, verified } of statements) {
    const digest = runNamedBy(verified.statement);
    if (digest === undefined) continue;
    const about = new Set(byBundle.get(digest)?.statement.subject.map((each) => artifactKey(each.name, each.digest.sha256)));
    const stray = verified.statement.subject.find((each) => !about.has(artifactKey(each.name, each.digest.sha256)));
    // What is on record and does not verify has been reported as itself.
    if (!recorded.has(digest)) {
      failures.add(material.statementSubject(name), 'VERIFY_INCOMPLETE', `it names run ${digest}, which is not on record`);
    } else if (byBundle.has(digest) && stray !== undefined) {
      failures.add(material.statementSubject(name), 'VERIFY_RUN', `the run that it names did not leave ${stray.name} as it is`);
    }
  }
}
