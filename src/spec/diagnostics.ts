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
  /** All files it speaks of, `file` among them, where they are several. */
  files?: string[];
}

/** Every diagnostic of the interpreter: its default level and one line for `docs/diagnostics.md`; a test keeps both in step. */
export const DIAGNOSTICS = {
  // The bundle as a whole.
  SPEC_EMPTY: { severity: 'error', summary: 'No component, contract, integration, control or task was found.' },
  SPEC_EXPORT_MISSING: { severity: 'error', summary: 'The tasks are in a database, and no export of them is in the bundle.' },
  SPEC_TITLE_MISSING: { severity: 'info', summary: 'There is no `# Title`; the name of the bundle is used.' },
  SPEC_CONTEXT_FILE: { severity: 'info', summary: 'A README, change log or the like beside a specification is not read as one.' },
  SPEC_FILE_UNREADABLE: { severity: 'error', summary: 'A file that would be read as specification is no text.' },
  SPEC_CONTEXT_UNREADABLE: { severity: 'info', summary: 'A file that is not read as specification anyway is no text.' },
  SPEC_TEMPLATE_TEXT: { severity: 'info', summary: 'A line of the template was left in; it specifies nothing.' },
  SPEC_DIALECT_MIXED: { severity: 'info', summary: 'The bundle holds files of another dialect too, which are not read.' },

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

  // Tasks.
  SPEC_ID_REPEATED: { severity: 'warning', summary: 'The same id is printed on two tasks or requirements.' },
  SPEC_DEPENDENCY_UNKNOWN: { severity: 'warning', summary: 'A task depends on an id that no task has.' },
  SPEC_REQUIREMENT_UNKNOWN: { severity: 'warning', summary: 'A task is to fulfil a requirement that is not there.' },
  SPEC_ORDER_CONTRADICTED: { severity: 'warning', summary: 'A task stands before what it depends on.' },
  SPEC_DEPENDENCY_PROSE: { severity: 'info', summary: 'A sentence speaks of an order of tasks; sentences make no dependencies.' },
  SPEC_COVERAGE_PROSE: { severity: 'info', summary: 'A task says in words what it is to fulfil; words link it to nothing.' },
  SPEC_TASK_WITHOUT_ID: {
    severity: 'warning',
    summary: 'Among numbered tasks stands a checkbox without a number; it is no task.',
  },
  SPEC_UNCLEAR: { severity: 'warning', summary: 'A requirement is marked as not clear yet.' },
  SPEC_STATUS_UNKNOWN: { severity: 'warning', summary: 'The status of a task is not known; it is taken as open.' },
  SPEC_STATUS_DISAGREES: {
    severity: 'warning',
    summary: 'Two files give a task different statuses; the less finished one counts.',
  },
  SPEC_ENTRY_IGNORED: { severity: 'info', summary: 'Entries of a list of tasks are none: events, messages, deleted ones.' },
  SPEC_DEPENDENCY_UNSTATED: {
    severity: 'info',
    summary: 'Nothing is said of what a task depends on; it follows the one before it.',
  },
  SPEC_TASK_UNMARKED: { severity: 'info', summary: 'A line begins with the id of a task and has no checkbox; it is no task.' },
  SPEC_ARCHIVED_OPEN: { severity: 'info', summary: 'Tasks of an archived folder are not done; they count as cancelled.' },

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
  SPEC_FENCE_OPEN: { severity: 'warning', summary: 'A code fence is never closed, and may swallow the rest of the file.' },
  SPEC_TOO_DEEP: { severity: 'warning', summary: 'Lists are nested too deeply to be read.' },
  SPEC_TAG_OPEN: { severity: 'warning', summary: 'A `<task>` is never closed; it ends where the next one begins.' },

  // Checkboxes.
  SPEC_CHECKBOX_IGNORED: { severity: 'warning', summary: 'A checkbox did not become a task.' },
  SPEC_CHECKBOX_LEGEND: { severity: 'info', summary: 'A letter in brackets explains a label, and is no checkbox.' },
  SPEC_CHECKBOX_ACCEPTANCE: { severity: 'info', summary: 'Checkboxes of an acceptance list are criteria, and no tasks.' },
  SPEC_CHECKBOX_MARKER: { severity: 'warning', summary: 'A checkbox is neither open nor ticked; it is taken as open.' },

  // Documents.
  SPEC_FRONT_MATTER_INVALID: { severity: 'error', summary: 'The YAML front matter cannot be read.' },
  SPEC_FRONT_MATTER_KEY: {
    severity: 'warning',
    summary: 'The front matter has a key that is not known, or a value of the wrong kind.',
  },
  SPEC_DOCUMENT_INVALID: { severity: 'error', summary: 'A JSON or YAML document does not parse.' },
  SPEC_FRONT_MATTER_LOOSE: { severity: 'warning', summary: 'The front matter is not valid YAML; its lines are read one by one.' },
  SPEC_DOCUMENT_IGNORED: { severity: 'info', summary: 'A JSON or YAML document is neither JSON Schema, OpenAPI nor AsyncAPI.' },
  SPEC_PROTO_IGNORED: { severity: 'warning', summary: 'A part of a `.proto` file is not understood, and is not read.' },

  // OpenSpec.
  OPENSPEC_NO_DELTAS: { severity: 'warning', summary: 'A change changes no living spec.' },
  OPENSPEC_TASKS_MISSING: { severity: 'warning', summary: 'A task file lists no task.' },
  OPENSPEC_TASK_NUMBER: { severity: 'warning', summary: 'The number of a task begins with that of another group.' },
  OPENSPEC_ARCHIVED_OPEN: {
    severity: 'info',
    summary: 'An archived change has checkboxes that are not ticked; they count as cancelled.',
  },
  OPENSPEC_DELTA_MISPLACED: { severity: 'warning', summary: 'A delta is in a file that OpenSpec does not read.' },
  OPENSPEC_DELTA_EMPTY: { severity: 'warning', summary: 'A delta adds, modifies, removes and renames nothing.' },
  OPENSPEC_DELTA_CONTRADICTS: {
    severity: 'warning',
    summary: 'A delta names a requirement twice, or in sections that exclude each other, or its change says that it has none.',
  },
  OPENSPEC_DELTA_UNMERGEABLE: { severity: 'warning', summary: 'A delta does not fit the living spec as it is.' },
  OPENSPEC_SCENARIO_LOST: { severity: 'warning', summary: 'A modified requirement leaves out scenarios of the living spec.' },
  OPENSPEC_CHANGES_CONFLICT: { severity: 'warning', summary: 'Two changes touch the same requirement.' },
  OPENSPEC_DELTA_IN_SPEC: { severity: 'warning', summary: 'A living spec has a section that belongs into a delta.' },
  OPENSPEC_PURPOSE_MISSING: { severity: 'warning', summary: 'A living spec has no purpose.' },
  OPENSPEC_PURPOSE_BRIEF: { severity: 'warning', summary: 'The purpose of a living spec is a placeholder, or very short.' },
  OPENSPEC_REQUIREMENTS_MISSING: { severity: 'warning', summary: 'A living spec has no `## Requirements`, or none under it.' },
  OPENSPEC_REQUIREMENT_OUTSIDE: { severity: 'warning', summary: 'A requirement stands where OpenSpec does not see it.' },
  OPENSPEC_REQUIREMENT_REPEATED: { severity: 'warning', summary: 'Two requirements of a living spec have the same name.' },
  OPENSPEC_REQUIREMENT_EMPTY: { severity: 'warning', summary: 'A requirement has no text.' },
  OPENSPEC_SCENARIO_MISSING: { severity: 'warning', summary: 'A requirement has no scenario.' },
  OPENSPEC_KEYWORD_MISSING: { severity: 'warning', summary: 'A requirement says neither SHALL nor MUST.' },
  OPENSPEC_HEADER_LOOSE: { severity: 'info', summary: 'A heading is read as a requirement that OpenSpec passes over.' },
} as const satisfies Record<string, { severity: Severity; summary: string }>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;
