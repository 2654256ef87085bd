import { type Digest, digestOf, hexOf, uuidOf } from '../../base/digest.ts';
import type { ArtifactEvidence as ArtifactEvidenceContract } from '../../base/generated/artifact-evidence.ts';
import type { ValidationReport } from '../../base/generated/validation-report.ts';
import type { Artifact } from './artifact.ts';

/** Contract ArtifactEvidence: what stands behind one file of a mission. */
export type ArtifactEvidence = ArtifactEvidenceContract & {
  /** The same mission, path and content have the same id. */
  artifactId: string;
  checksum: Digest;
  /** Who judged it: `qa/jest`, or the agent that made it where nothing is to be judged. */
  reviewer: string;
};

/** `ni` URI (RFC 6920): names content by its SHA-256, wherever it is kept. */
export function contentUri(digest: Digest): string {
  return `ni:///sha-256;${Buffer.from(hexOf(digest), 'hex').toString('base64url')}`;
}

export function artifactEvidence(mission: string, artifact: Artifact, reviewer: string): ArtifactEvidence {
  const { digest, type } = artifact;
  const artifactId = artifactIdOf(mission, artifact);
  return { artifactId, missionId: mission, type, uri: contentUri(digest), checksum: digest, reviewer };
}

/** Id of a file of a mission, stable over attempts that yield the same content. */
export function artifactIdOf(mission: string, { path, digest }: Pick<Artifact, 'path' | 'digest'>): string {
  return uuidOf(digestOf({ mission, path, digest }));
}

export function validationReport(report: Omit<ValidationReport, 'reportId'>): ValidationReport {
  return { reportId: uuidOf(digestOf(report)), ...report };
}
