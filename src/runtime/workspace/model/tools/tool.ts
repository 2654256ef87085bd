import type { JsonObject } from '../../../../base/json.ts';
import type { Action } from '../../../policy/action.ts';
import type { ToolSpec } from '../conversation.ts';

export type ToolName = 'read' | 'write' | 'edit' | 'run';

/** What a tool works on. */
export interface Bench {
  /** The workspace, absolute and real. */
  root: string;
  /** The whole environment of what `run` starts. */
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** One thing that a model can do. */
export interface Tool {
  readonly spec: ToolSpec;
  /** What the call would do, found out without doing it. Throws `ToolError` if the arguments make no sense. */
  plan(args: JsonObject, root: string): Plan;
}

/** A call that has been understood. */
export interface Plan {
  action: Action;
  /** One line for people. */
  title: string;
  /** For `write` and `edit`: the file before and after. `before` is undefined if there was none. */
  change?: { path: string; before?: string; after: string };
  /** Arguments of what is none of our own tools, for whoever is asked. */
  input?: JsonObject;
  /** Does it. Throws `ToolError`. */
  perform(bench: Bench): Promise<string>;
}

/** Goes back to the model, which may do better; nothing was changed. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

export function textArgument(args: JsonObject, name: string): string {
  const value = args[name];
  if (typeof value !== 'string') throw new ToolError(`The argument \`${name}\` must be a string.`);
  return value;
}

/** A whole number from 1, or undefined if it is left out. */
export function countArgument(args: JsonObject, name: string): number | undefined {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new ToolError(`The argument \`${name}\` must be a whole number from 1.`);
  }
  return value;
}
