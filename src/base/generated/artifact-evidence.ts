// Generated from schemas/artifact-evidence.schema.json by `npm run generate`; do not edit.

export type ArtifactEvidence = {
  artifactId: string;
  missionId: string;
  type: "code" | "analysis" | "test";
  uri: string;
  checksum: string;
  reviewer: string;
};
