import { compareText } from '../../base/text.ts';

/** Kinds of actions for which a denial may become a question to a person. */
export type AskKind = 'read' | 'write' | 'run' | 'connect' | 'env' | 'secret' | 'remember' | 'recall' | 'spend' | 'other';

/**
 * What an agent may do: nothing that is not named here. Paths are globs relative to the workspace's root with `/`; `energy` is in energy units
 * (docs/capability-profiles.md). The text form is YAML, its schema `schemas/capability-profile.schema.json`. Lists are sets: sorted, nothing twice.
 */
export interface CapabilityProfile {
  name: string;
  /** Globs of the files it may see. */
  read: readonly string[];
  /** Globs of the files it may leave changed; a task narrows them further. */
  write: readonly string[];
  /** Commands by their first words: `npm test` allows `npm test -- x`; the first word alone allows all its commands. */
  run: readonly CommandRule[];
  /** `host`, which means port 443, `host:port`, `*.host` or `*.host:port`; the model gateway is always reachable and is none of these. */
  hosts: readonly string[];
  /** Names of environment variables that are handed on from outside. */
  env: readonly string[];
  /** Names of secrets it is given. */
  secrets: readonly string[];
  /** Memory scopes it may read and add to. */
  memory: { read: readonly string[]; write: readonly string[] };
  /** Energy units for one attempt. */
  energy: number;
  /** What else it wants of these kinds is put to a person; of all other kinds it is denied. */
  ask: readonly AskKind[];
}

/** What bounds profiles without being one: a key that is left out says nothing of what it would be about. */
export type Bounds = Pick<CapabilityProfile, 'name'> &
  Partial<Omit<CapabilityProfile, 'name' | 'memory'>> & { memory?: Partial<CapabilityProfile['memory']> };

/** The first words of an argv, each a literal or a glob over one word; `...` is implied at the end. */
export type CommandRule = readonly [string, ...string[]];

/** A list as a set: in order, nothing twice. */
export function setOf<T extends string>(list: readonly T[] = []): T[] {
  return [...new Set(list)].toSorted(compareText);
}

/** A command's first words; none of an empty text. */
export function commandRule(text: string): CommandRule[] {
  const [program, ...words] = text.split(' ').filter((word) => word !== '');
  return program === undefined ? [] : [[program, ...words]];
}
