/** What `npm run rego` built: SHA-256 of the module, and the version of OPA that it is made of. */
export const EVALUATOR_PIN = {
  digest: 'sha256:4b5bf52537277adc18517c9e592b1728b828552ede7df5a34938bd6b4d7e598d',
  opa: '1.22.2',
} as const;
