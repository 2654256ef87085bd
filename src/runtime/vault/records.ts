import { type Digest, digestOf, isDigest } from '../../base/digest.ts';
import type { ValidationReport } from '../../base/generated/validation-report.ts';
import { isCount, isJsonObject, isTexts, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Entry, EntryDraft } from '../log/entry.ts';
import { type Artifact, type Tree, treeDigest } from './artifact.ts';
import { type ArtifactEvidence, artifactIdOf } from './evidence.ts';
import type { GateDecision } from './gate.ts';
import type { PolicyRecord } from './release-input.ts';
import { isSafePath } from './safe-path.ts';

/*
 * What the log says of a mission's evidence: the builders that write these entries, and the readers that a verifier trusts no
 * further than their types. Mission Control may add fields of its own; entries of other kinds are its own affair.
 *
 * A mission stands on its own: what it takes from the cache it records again, artifacts and statements, under its own id.
 */

export const MISSION_CREATED = 'mission.created';
export const ARTIFACT_RECORDED = 'artifact.recorded';
/** A task has taken a file out of the product that was there when it started. */
export const ARTIFACT_REMOVED = 'artifact.removed';
export const STATEMENT_RECORDED = 'statement.recorded';
export const VALIDATION_RECORDED = 'validation.recorded';
export const GATE_DECIDED = 'gate.decided';
export const MISSION_FINISHED = 'mission.finished';

/** An output of a task was accepted. */
export type ArtifactRecord = { path: string; size: number; evidence: ArtifactEvidence };

/** A statement was signed; its Sigstore bundle is in the content store. */
export type StatementRecord = {
  /** `<task>.provenance`, `<task>.tests`, `gate`: what it is for. A later statement of the same name replaces this one. */
  name: string;
  predicateType: string;
  /** SHA-256 of the bytes of the `.sigstore.json`. */
  bundle: Digest;
  /** How many subjects it has. */
  subjects: number;
};

export type ValidationRecord = { report: ValidationReport };

/** The gate was asked about a tree. `head` is its digest; `policy` is there if a release policy was asked too, whose reasons are among the others. */
export type GateRecord = GateDecision & { head: Digest; policy?: PolicyRecord };

export type MissionState = 'succeeded' | 'failed' | 'cancelled';

/** The mission's end, and the seal on its evidence: nothing can be taken away afterwards without being missed. */
export type FinishRecord = {
  state: MissionState;
  /** Digest of the product's tree; its listing lies in the content store under this digest (see `treeListing`). */
  head: Digest;
  /** How many statements are on record, and the digest over the sorted digests of their bundles. */
  statements: { count: number; digest: Digest };
};

interface Place {
  mission: string;
  task?: string;
}

export function artifactRecorded(place: Place, record: ArtifactRecord): EntryDraft {
  return once(ARTIFACT_RECORDED, place, record);
}

export function artifactRemoved(place: Place, path: string): EntryDraft {
  return once(ARTIFACT_REMOVED, place, { path });
}

export function statementRecorded(place: Place, record: StatementRecord): EntryDraft & { data: StatementRecord } {
  return once(STATEMENT_RECORDED, place, record);
}

/** A word is signed once, whoever finds that it is not: `request` names it. */
export function approvalRecorded(place: Place, record: StatementRecord, request: string): EntryDraft {
  return { kind: STATEMENT_RECORDED, ...place, data: { ...record, request }, dedup: `${STATEMENT_RECORDED} ${request}` };
}

export function validationRecorded(place: Place, report: ValidationReport): EntryDraft {
  return once(VALIDATION_RECORDED, place, { report });
}

export function gateDecided(place: Place, { policy, ...decision }: Omit<GateRecord, 'head'>, tree: Tree): EntryDraft {
  return { kind: GATE_DECIDED, ...place, data: { ...decision, head: treeDigest(tree), ...(policy && { policy }) } };
}

/** `statements` are the bundles of every statement that was recorded for the mission, replaced ones too, in any order. */
export function missionFinished(
  mission: string,
  end: { state: MissionState; tree: Tree; statements: readonly Digest[] },
): EntryDraft {
  const data: FinishRecord = { state: end.state, head: treeDigest(end.tree), statements: sealOf(end.statements) };
  return { kind: MISSION_FINISHED, mission, data };
}

export function sealOf(bundles: readonly Digest[]): FinishRecord['statements'] {
  return { count: bundles.length, digest: digestOf(bundles.toSorted()) };
}

/** The same record twice is one entry: a mission that is resumed may record again what it had done. */
function once<Data extends JsonObject>(kind: string, place: Place, data: Data): EntryDraft & { data: Data } {
  return { kind, ...place, data, dedup: `${kind} ${digestOf({ mission: place.mission, task: place.task, data })}` };
}

// Reading. Each returns undefined for data that is not of the kind.

export function readArtifact(entry: Entry): ArtifactRecord | undefined {
  const { path, size, evidence } = entry.data;
  if (typeof path !== 'string' || !isCount(size) || !isJsonObject(evidence)) return undefined;
  return isEvidence(evidence, { mission: entry.mission, path }) ? { path, size, evidence } : undefined;
}

/** The path. */
export function readRemoval(entry: Entry): string | undefined {
  const { path } = entry.data;
  return typeof path === 'string' && isSafePath(path) ? path : undefined;
}

function isEvidence(value: JsonObject, of: { mission: string | undefined; path: string }): value is ArtifactEvidence {
  const { artifactId, missionId, type, uri, checksum, reviewer } = value;
  if (!isDigest(checksum) || missionId !== of.mission || of.mission === undefined) return false;
  if (artifactId !== artifactIdOf(of.mission, { path: of.path, digest: checksum })) return false;
  return isType(type) && typeof uri === 'string' && URL.canParse(uri) && typeof reviewer === 'string';
}

function isType(value: unknown): value is Artifact['type'] {
  return value === 'code' || value === 'analysis' || value === 'test';
}

export function readStatement(entry: Entry): StatementRecord | undefined {
  const { name, predicateType, bundle, subjects } = entry.data;
  if (typeof name !== 'string' || name === '' || typeof predicateType !== 'string' || !isCount(subjects)) return undefined;
  return isDigest(bundle) ? { name, predicateType, bundle, subjects } : undefined;
}

export function readValidation(entry: Entry): ValidationRecord | undefined {
  const { report } = entry.data;
  if (!isJsonObject(report)) return undefined;
  const { reportId, artifactId, suite, result, coverage, generatedAt } = report;
  if (typeof reportId !== 'string' || typeof artifactId !== 'string' || typeof suite !== 'string') return undefined;
  if (typeof coverage !== 'number' || coverage < 0 || coverage > 1 || typeof generatedAt !== 'string') return undefined;
  return result === 'pass' || result === 'fail'
    ? { report: { reportId, artifactId, suite, result, coverage, generatedAt } }
    : undefined;
}

export function readGate(entry: Entry): GateRecord | undefined {
  const { result, reasons, head, policy } = entry.data;
  if ((result !== 'pass' && result !== 'fail') || !isTexts(reasons)) return undefined;
  if (!isDigest(head)) return undefined;
  if (policy === undefined) return { result, reasons, head };
  return isPolicyRecord(policy) ? { result, reasons, head, policy } : undefined;
}

/** The release policy of the last decision. */
export function gatePolicy(entries: readonly Entry[]): PolicyRecord | undefined {
  const last = entries.findLast(({ kind }) => kind === GATE_DECIDED);
  return last && readGate(last)?.policy;
}

function isPolicyRecord(value: JsonValue): value is PolicyRecord {
  if (!isJsonObject(value) || !isJsonObject(value['engine'])) return false;
  const { digest, source, engine, input, time, result, warnings = [] } = value;
  if (digest !== undefined && !isDigest(digest)) return false;
  if (typeof engine['name'] !== 'string' || typeof engine['version'] !== 'string' || typeof source !== 'string') return false;
  if (!isDigest(input) || typeof time !== 'string' || !isTexts(warnings)) return false;
  return result === 'pass' || result === 'fail';
}

export function readFinish(entry: Entry): FinishRecord | undefined {
  const { state, head, statements } = entry.data;
  if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') return undefined;
  if (!isDigest(head) || !isJsonObject(statements)) return undefined;
  const { count, digest } = statements;
  if (!isCount(count) || !isDigest(digest)) return undefined;
  return { state, head, statements: { count, digest } };
}
