// Generated from schemas/validation-report.schema.json by `npm run generate`; do not edit.

export type ValidationReport = {
  reportId: string;
  artifactId: string;
  suite: string;
  result: "pass" | "fail";
  coverage: number;
  generatedAt: string;
};
