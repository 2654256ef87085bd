/** `error` stops a mission before it starts; `warning` stops it under `--strict`. */
export type Severity = 'error' | 'warning' | 'info';

/** Something in the source that was not understood, or understood and found wrong: where, what, and what to do about it. */
export interface Diagnostic {
  severity: Severity;
  code: DiagnosticCode;
  message: string;
  hint: string;
  /** Relative to the bundle's root, with `/`. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 code units. */
  column: number;
}

/** Every diagnostic of the interpreter: its default level and one line for `docs/diagnostics.md`; a test keeps both in step. */
export const DIAGNOSTICS = {
  // The bundle as a whole.
  SPEC_EMPTY: { severity: 'error', summary: 'No component, contract, integration, control or task was found.' },
  SPEC_TITLE_MISSING: { severity: 'info', summary: 'There is no `# Title`; the name of the bundle is used.' },
  SPEC_CONTEXT_FILE: { severity: 'info', summary: 'A README, change log or the like beside a specification is not read as one.' },

  // Names.
  SPEC_DUPLICATE: { severity: 'error', summary: 'Two elements of a kind have the same name.' },
  SPEC_SLUG_COLLISION: { severity: 'error', summary: 'Two names would lead to the same file names.' },
  SPEC_NAME_MISSING: { severity: 'error', summary: 'A label such as `Component:` has no name after it.' },
  SPEC_NAME_IS_TYPE: { severity: 'warning', summary: 'A contract is named like a built-in type, so no schema can refer to it.' },
  SPEC_CONTROL_DUPLICATE: { severity: 'warning', summary: 'The same control is written twice.' },

  // Contracts.
  SPEC_SCHEMA_MISSING: { severity: 'error', summary: 'A contract has no schema.' },
  SPEC_SCHEMA_INVALID: { severity: 'error', summary: 'A JSON Schema document is not one that can be used.' },
  SPEC_NOTATION: { severity: 'error', summary: 'The contract notation has a syntax error.' },
  SPEC_NOTATION_DEPTH: { severity: 'error', summary: 'A schema is nested more than 64 levels deep.' },
  SPEC_TYPE_UNKNOWN: { severity: 'error', summary: 'A type is neither built in nor a contract of this bundle.' },
  SPEC_FIELD_DUPLICATE: { severity: 'error', summary: 'An object has two fields with the same name.' },
  SPEC_FIELD_RESERVED: { severity: 'error', summary: 'A field is called `__proto__`, which no JavaScript validator can check.' },
  SPEC_LITERAL_DUPLICATE: { severity: 'warning', summary: 'A union lists the same literal twice.' },
  SPEC_REFERENCE_UNKNOWN: { severity: 'error', summary: 'A `$ref` leads to nothing in this bundle.' },
  SPEC_CONTRACT_IMPOSSIBLE: { severity: 'error', summary: 'A contract requires itself, so no finite value can satisfy it.' },
  SPEC_REFERENCES_TANGLED: { severity: 'error', summary: 'Contracts reach too many others through their references.' },
  SPEC_CONTRACT_UNUSED: { severity: 'info', summary: 'A contract has neither producers nor consumers.' },
  SPEC_PARTY_UNKNOWN: { severity: 'warning', summary: 'A producer or consumer is not a component of this bundle.' },
  SPEC_CYCLE: { severity: 'error', summary: 'Tasks need each other in a circle.' },

  // Components.
  SPEC_INTERFACE_UNKNOWN: { severity: 'warning', summary: 'The kind of an interface was not recognised.' },
  SPEC_INTERFACE_METHOD: { severity: 'warning', summary: 'A REST interface has no HTTP method.' },
  SPEC_INTERFACE_DUPLICATE: { severity: 'warning', summary: 'A component lists the same interface twice.' },

  // Layout.
  SPEC_LABEL_UNKNOWN: { severity: 'warning', summary: 'A label looks like a misspelt one.' },
  SPEC_FIELD_REPEATED: { severity: 'warning', summary: 'An element has the same label twice.' },
  SPEC_FIELD_MISPLACED: { severity: 'warning', summary: 'A label stands where it means nothing.' },
  SPEC_LINE_NOT_UNDERSTOOD: { severity: 'warning', summary: 'A line has no meaning where it stands.' },
  SPEC_SECTION_EMPTY: { severity: 'info', summary: 'A heading has nothing under it.' },
  SPEC_BLOCK_IGNORED: {
    severity: 'info',
    summary: 'A code block, quote or table holds what looks like specification; it is not read.',
  },
  SPEC_FENCE_OPEN: { severity: 'warning', summary: 'A code fence is never closed, so the rest of the file is code.' },
  SPEC_TOO_DEEP: { severity: 'warning', summary: 'Lists are nested too deeply to be read.' },

  // Checkboxes.
  SPEC_CHECKBOX_IGNORED: { severity: 'warning', summary: 'A checkbox did not become a task.' },
  SPEC_CHECKBOX_MARKER: { severity: 'warning', summary: 'A checkbox is neither open nor ticked; it is taken as open.' },

  // Documents.
  SPEC_FRONT_MATTER_INVALID: { severity: 'error', summary: 'The YAML front matter cannot be read.' },
  SPEC_FRONT_MATTER_KEY: {
    severity: 'warning',
    summary: 'The front matter has a key that is not known, or a value of the wrong kind.',
  },
  SPEC_DOCUMENT_INVALID: { severity: 'error', summary: 'A JSON or YAML document does not parse.' },
  SPEC_DOCUMENT_IGNORED: { severity: 'info', summary: 'A JSON or YAML document is neither JSON Schema nor OpenAPI.' },
} as const satisfies Record<string, { severity: Severity; summary: string }>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;
