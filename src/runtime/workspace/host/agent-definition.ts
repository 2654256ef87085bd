import type { ModelDialect } from '../gateway/gateway.ts';

/**
 * How an agent is started: `model` and the named ones are built in, others come from `agents:` in `.agentnexus.yaml`. `acp` agents speak the Agent
 * Client Protocol v1 on stdin and stdout; `exec` is a plain command that works in its current folder and gets the brief on stdin.
 */
export interface AgentDefinition {
  name: string;
  protocol: 'acp' | 'exec';
  command: readonly [string, ...string[]];
  /** Set besides the clean environment; `${gateway}`, `${token}`, `${model}`, `${home}` stand for what the host gives it. */
  env: Readonly<Record<string, string>>;
  /** Files put into its home before it starts, by path relative to it, with the same placeholders. */
  homeFiles?: Readonly<Record<string, string>>;
  /** The mode in which it asks before it acts: set after `session/new`, verified, and refused if it cannot be set. */
  askMode?: string;
  /** Client capabilities that are not offered to it because it breaks on them. */
  withhold?: readonly ('readTextFile' | 'writeTextFile')[];
  /** The wire that it speaks to its model; without one it gets no way to a model. */
  dialect?: ModelDialect;
  /** The model it is to use; only with a `dialect`. */
  model?: string;
  /** What it is started from and reads besides its folder and the system's: absolute, or below `~`. */
  read?: readonly string[];
  /** Part of the task key, beside the definition itself. */
  version?: string;
  /** How people get the program. */
  install?: string;
}
