import { type Digest, digestOf } from '../../base/digest.ts';
import type { EntryDraft } from '../log/entry.ts';
import { type Tree, treeDigest } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { artifactEvidence, artifactIdOf, validationReport } from '../vault/evidence.ts';
import { PRODUCT_SUBJECT } from '../vault/gate.ts';
import { integrationProvenance, provenance, RUN_BYPRODUCT } from '../vault/provenance.ts';
import { artifactRecorded, statementRecorded, validationRecorded } from '../vault/records.ts';
import { sealStatement } from '../vault/seal-statement.ts';
import type { StatementSigner } from '../vault/sign-statement.ts';
import type { Statement } from '../vault/statement.ts';
import { testResult } from '../vault/test-result.ts';
import type { CheckResult } from '../qa/report.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import type { Conditions } from '../workspace/agent.ts';
import type { Attempt } from './runner.ts';

/** Judges every artifact of a product before the gate. */
const REVIEWER = 'qa/jest';

export interface Notary {
  store: ContentStore;
  signer: StatementSigner;
}

/** By whom, when, and under what. `run`: the statement of how it went. */
interface Made {
  agent: { name: string; version: string };
  conditions?: Conditions | undefined;
  transcript?: Digest | undefined;
  run?: StatementDraft | undefined;
  finishedAt: string;
}

/**
 * Signs who made `tree` from what, and drafts the records: one for each artifact, one for the statement. A statement needs a subject; about
 * nothing, nothing is signed.
 */
export async function recordProvenance(
  attempt: Attempt,
  tree: Tree,
  { notary, agent, conditions, transcript, run, finishedAt }: Made & { notary: Notary },
): Promise<EntryDraft[]> {
  if (tree.length === 0) return [];
  const { mission, specification, task, number, needs, base, startedAt } = attempt;
  const statement = provenance({
    outputs: tree,
    mission,
    task: task.id,
    attempt: number,
    specification,
    fragment: digestOf(task.fragment),
    agent,
    profile: task.profile,
    needs: new Map([...needs].map(([id, output]) => [id, treeDigest(output)])),
    base: base?.record,
    startedOn: startedAt,
    finishedOn: finishedAt,
    builderVersion: PRODUCT_VERSION,
    conditions,
    byproducts: new Map([
      ...(transcript === undefined ? [] : [['transcript', transcript] as const]),
      ...(run === undefined ? [] : [[RUN_BYPRODUCT, run.data.bundle] as const]),
    ]),
  });
  return [...recordArtifacts({ mission, task: task.id }, tree), await sealed(attempt, { name: 'provenance', statement, notary })];
}

/** Signs what files were merged from that several tasks had changed side by side. */
export async function recordMerges(
  attempt: Attempt,
  { notary, finishedAt }: { notary: Notary; finishedAt: string },
): Promise<EntryDraft[]> {
  const files = attempt.merged();
  if (files.length === 0) return [];
  const { mission, task, number, specification, startedAt } = attempt;
  const statement = integrationProvenance({
    files,
    mission,
    task: task.id,
    attempt: number,
    specification,
    startedOn: startedAt,
    finishedOn: finishedAt,
    builderVersion: PRODUCT_VERSION,
  });
  const artifacts = files.map(({ artifact }) => artifact);
  return [
    ...recordArtifacts({ mission, task: task.id }, artifacts),
    await sealed(attempt, { name: 'integration', statement, notary }),
  ];
}

export function recordArtifacts(place: { mission: string; task: string }, tree: Tree): EntryDraft[] {
  return tree.map((artifact) =>
    artifactRecorded(place, {
      path: artifact.path,
      size: artifact.size,
      evidence: artifactEvidence(place.mission, artifact, REVIEWER),
    }),
  );
}

/** Signs what the checks said about `subjects`, and drafts the statement's record and a ValidationReport for each artifact. */
export async function recordTests(
  attempt: Attempt,
  check: CheckResult,
  { subjects, notary, at }: { subjects: Tree; notary: Notary; at: string },
): Promise<EntryDraft[]> {
  const { base } = attempt;
  // Where there was something before, what was judged is more than what was changed: the whole is named too.
  const whole = base === undefined ? [] : [{ path: PRODUCT_SUBJECT, digest: treeDigest(attempt.tree()) }];
  if (subjects.length + whole.length === 0) return [];
  const place = { mission: attempt.mission, task: attempt.task.id };
  const { result, suite, tools, passed, failed, sandbox } = check;
  const statement = testResult({ subjects: [...subjects, ...whole], result, suite, tools, passed, failed, sandbox });
  const reports = subjects.map((artifact) =>
    validationReport({
      artifactId: artifactIdOf(attempt.mission, artifact),
      suite,
      result,
      coverage: check.coverageByPath.get(artifact.path) ?? check.coverage,
      generatedAt: at,
    }),
  );
  return [
    await sealed(attempt, { name: 'tests', statement, notary }),
    ...reports.map((report) => validationRecorded(place, report)),
  ];
}

/** The record of a statement that is signed and stored. */
export type StatementDraft = ReturnType<typeof statementRecorded>;

/** Signs, stores, and drafts the record of a statement about an attempt. */
export async function sealed(
  { mission, task }: Attempt,
  { name, statement, notary }: { name: string; statement: Statement; notary: Notary },
): Promise<StatementDraft> {
  return statementRecorded({ mission, task: task.id }, await sealStatement(`${task.id}.${name}`, statement, notary));
}
