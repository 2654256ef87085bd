import type { ContractDraft } from './contracts/draft.ts';
import type { DiagnosticList } from './diagnostic-list.ts';
import type { LineAccount } from './line-account.ts';
import type {
  ComponentElement,
  ControlElement,
  IntegrationElement,
  RequirementElement,
  SourceSpan,
  WorkElement,
} from './model.ts';
import type { Bundle } from './read-bundle.ts';
import type { WorkReading } from './work/work-draft.ts';

/**
 * A way of writing specifications. One folder in `dialects/` each, and a line in `dialects/claims.ts`; `interpret.ts` asks them in order. Every one of them
 * is loaded to be asked, so what recognises stands apart from what reads (`read.ts`), which only the dialect that is chosen loads.
 */
export interface Dialect {
  readonly name: string;
  /** Whether the bundle is written this way; the native dialect, asked last, always is. */
  recognises(bundle: Bundle): boolean;
  /**
   * Which paths of a bundle that it reads are its own beyond those that `CLAIMS` has of it, so that no other dialect is said to be mixed in
   * for their sake.
   */
  owns?(bundle: Bundle): (path: string) => boolean;
  /** Reads the whole bundle. What it does not claim in the accounts is reported as not understood. */
  read(desk: Desk): Promise<Reading>;
}

/** Where a dialect works: the bundle's lines, and where it says what became of them. */
export interface Desk {
  bundle: Bundle;
  /** One account per file, in the bundle's order. */
  accounts: readonly LineAccount[];
  diagnostics: DiagnosticList;
}

/** What a dialect hands over. Names are as written; looking them up is the same for all dialects. */
export interface Reading {
  title?: string;
  /** What it is called after its folder, where it has no title and needs none. */
  folderName?: string;
  /** Id the source gives itself. */
  id?: string;
  version?: string;
  source: SourceSpan;
  /** Base of the contracts' `$id`, if the source names one; ends in `/`. */
  schemaBase?: string;
  /** Parties outside of the bundle that the source declares, so that naming one is no finding. */
  outsideParties: readonly string[];
  drafts: Draft[];
  /** Tasks, requirements and edges as read; the core gives them ids and looks up what they refer to. */
  work?: WorkReading;
  /** Names may stand twice, as they do where a folder holds many features: the later gets a number, and that is no error. */
  namesRepeat?: boolean;
}

/**
 * An element as read, in source order. Its `id` is provisional until the names are settled. Tasks and requirements whose ids are
 * not their dialect's own affair go into `work` instead.
 */
export type Draft = ComponentElement | IntegrationElement | ControlElement | RequirementElement | WorkElement | ContractDraft;
