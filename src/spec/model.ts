import type { Digest } from '../base/digest.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Diagnostic } from './diagnostics.ts';

/** A stretch of source. Lines and columns count from 1; `file` is relative to the bundle's root, with `/`. */
export interface SourceSpan {
  file: string;
  line: number;
  column: number;
  endLine: number;
}

/** What a bundle says, whatever the dialect it says it in. Pure data: everything below can be serialised as JSON. */
export interface Specification {
  /** Slug of the title (or of the bundle's name): names the mission's package and folders. */
  id: string;
  title: string;
  /** Where the source has no title: how it is called without the bundle's name, which another machine may not have. */
  untitled?: { id: string; title: string };
  /** Version as the source states it. */
  version?: string;
  dialect: string;
  /** Where the title stands; the first line of the bundle where there is none. */
  source: SourceSpan;
  /** Digest of the normalised elements: wording and layout that change no element change no digest. */
  digest: Digest;
  elements: Element[];
  diagnostics: Diagnostic[];
  coverage: Coverage;
  /** What every line became, as runs in file and line order without gaps. */
  lines: LineRun[];
}

export const LINE_CLASSES = ['blank', 'heading', 'element', 'prose', 'document', 'not-understood'] as const;
export type LineClass = (typeof LINE_CLASSES)[number];

/** Neighbouring lines that became the same. */
export interface LineRun {
  file: string;
  line: number;
  endLine: number;
  class: LineClass;
  /** Id of the element that the lines belong to, if any. */
  element?: string;
}

/** How many source lines became what. `sourceLines` is the sum of the six line counts. */
export interface Coverage {
  sourceLines: number;
  blank: number;
  headings: number;
  /** Lines inside an element's span. */
  elementLines: number;
  /** Free text that describes, and demands nothing. */
  prose: number;
  /** Front matter, fences and documents (JSON Schema, OpenAPI) read as a whole. */
  documents: number;
  notUnderstood: number;
  elements: number;
  /** Files that are no text, each named by a diagnostic; none of their lines is counted. */
  unreadableFiles: number;
  /** All there are, those in code fences and quotes too. */
  checkboxes: number;
  checkboxesAccounted: number;
  /** What the accounted ones became; their sum is `checkboxesAccounted`. */
  boxes: Record<BoxFate, number>;
}

export const BOX_FATES = ['task', 'subTask', 'criterion', 'diagnostic'] as const;
/** What becomes of a checkbox. */
export type BoxFate = (typeof BOX_FATES)[number];

interface ElementBase {
  /** `contract:mission-prompt`: kind and slug, stable under edits elsewhere. */
  id: string;
  /** Id as printed in the source, where the dialect prints one. */
  sourceId?: string;
  /** As written: `Mission Control Orchestrator`. */
  name: string;
  /** Title of the section it stands in. */
  section: string;
  source: SourceSpan;
}

export type Element = ComponentElement | ContractElement | IntegrationElement | ControlElement | RequirementElement | WorkElement;

export interface ComponentElement extends ElementBase {
  kind: 'component';
  responsibilities: string[];
  interfaces: Interface[];
}

export interface ContractElement extends ElementBase {
  kind: 'contract';
  /** JSON Schema 2020-12 with `$id`, `title`, `type`; references to other contracts are `$ref`s to their `$id`. */
  schema: JsonObject;
  /** Ids of the contracts that `schema` refers to (itself too, if it is recursive). */
  refersTo: string[];
  producers: Party[];
  consumers: Party[];
}

/** Who makes or takes a contract: a component of this bundle (`element` set) or somebody outside it. */
export interface Party {
  name: string;
  element?: string;
  source: SourceSpan;
}

export interface IntegrationElement extends ElementBase {
  kind: 'integration';
  /** What it is for: the text after `for`, or the whole remainder. */
  purpose: string;
}

/** A demand that no contract or component states: policy, operations, compliance. */
export interface ControlElement extends ElementBase {
  kind: 'control';
  text: string;
}

export const REQUIREMENT_KINDS = [
  'functional',
  'quality',
  'success',
  'story',
  'criterion',
  'scenario',
  'property',
  'acceptance',
  'checklist',
] as const;
export type RequirementKind = (typeof REQUIREMENT_KINDS)[number];

/** A requirement, story, criterion, scenario or property of a dialect. */
export interface RequirementElement extends ElementBase {
  kind: 'requirement';
  requirementKind: RequirementKind;
  text: string;
  /** Id of the element it is part of: the story of a scenario, the task of a criterion. */
  parent?: string;
  priority?: TaskPriority;
  /** Where its checkbox stands, if it has one. */
  box?: Box;
}

export const WORK_STATUSES = ['todo', 'doing', 'done', 'cancelled', 'unknown'] as const;
/** `done` and `cancelled` are settled: nobody waits for them. `unknown` is a mark that says neither; it counts as open. */
export type WorkStatus = (typeof WORK_STATUSES)[number];

/** Where the mark of a checkbox stands: the one character between the brackets. Counted from 1, in UTF-16 code units. */
export interface Box {
  line: number;
  column: number;
}

/** A task that the source itself lists (checkbox, JSON task, work package). */
export interface WorkElement extends ElementBase {
  kind: 'work';
  text: string;
  /** What is written under it, as written. */
  details?: string;
  status: WorkStatus;
  optional: boolean;
  /** Id of the task it is part of; that one closes after it. */
  parent?: string;
  /** Title of its phase, group, wave or epic. */
  milestone?: string;
  priority?: TaskPriority;
  /** Paths and globs that the source names as its result. */
  writes: string[];
  /** Ids of the elements (requirements, stories, criteria) it is to fulfil. */
  covers: string[];
  /** It makes nothing and holds up what follows until what came before is whole. */
  checkpoint: boolean;
  box?: Box;
  /** Further marks at its head, without brackets: `US1`. */
  labels: string[];
  /** Tasks of this bundle it waits for, done ones too. */
  needs: WorkNeed[];
}

/** A need between two tasks of the source, and the line that says so. */
export interface WorkNeed extends Need {
  at?: { file: string; line: number };
}

export const INTERFACE_KINDS = [
  'rest',
  'websocket',
  'grpc',
  'cli',
  'topic',
  'channel',
  'stream',
  'bucket',
  'sql-view',
  'file-store',
  'hook',
  'metrics',
  'tool',
] as const;
export type InterfaceKind = (typeof INTERFACE_KINDS)[number];

/** One way in or out of a component: `REST POST /missions` is `{kind: 'rest', name: 'POST /missions', method: 'POST', path: '/missions'}`. */
export interface Interface {
  kind: InterfaceKind;
  /** The address as written between the backticks, or the words where there are none. */
  name: string;
  /** Words around the address: `internal event bus topics`. */
  description: string;
  method?: string;
  path?: string;
  source: SourceSpan;
}

export const EDGE_KINDS = ['explicit', 'structural', 'wave', 'same-file', 'contract', 'inferred'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** An edge, read from the task that waits. */
export interface Need {
  /** Id of the task that must be done before. */
  task: string;
  kind: EdgeKind;
  /** One clause for people: `produces MissionPrompt`. */
  because: string;
}

export type TaskKind = 'scaffold' | 'contract' | 'component' | 'integration' | 'assemble' | 'verification' | 'gate' | 'work';
/** Priority of a mission. */
export type Priority = 'P0' | 'P1' | 'P2';
/** Priority of a task or a requirement: sources print more of them. */
export type TaskPriority = Priority | 'P3' | 'P4';

export interface Task {
  id: string;
  sourceId?: string;
  title: string;
  kind: TaskKind;
  optional: boolean;
  milestone: string;
  priority: TaskPriority;
  needs: Need[];
  /** Globs of the paths it may write, relative to the product's root. */
  writes: string[];
  /** Ids of the elements it covers. */
  requirements: string[];
  /** Capability profile it runs under. */
  profile: string;
  /** Ability an agent must have to do it; the embedded compiler has `contract-compiler`, the engine itself `qa` and `gate`. */
  ability: 'contract-compiler' | 'qa' | 'gate' | 'model';
  /** What the task is made from, normalised: all that its agent is told of the specification, and part of the task key. */
  fragment: JsonValue;
  source: SourceSpan;
}

/** Tasks in a stable topological order: needs come first. */
export interface TaskGraph {
  specification: string;
  tasks: Task[];
  /** Some tasks of the specification were left out, checks of these among them perhaps. */
  part?: true;
}
