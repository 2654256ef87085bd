// Generated from schemas/capability-profile.schema.json by `npm run generate`; do not edit.

/** What an agent may do; nothing that is not named here. docs/capability-profiles.md. */
export type CapabilityProfile = {
  name: string;
  description?: string;
  /** Globs of the files it may see, from the root of the workspace. */
  read?: Globs;
  /** Globs of the files it may leave changed; a task narrows them further. */
  write?: Globs;
  /** Commands by their first words, one blank between: `npm test` allows `npm test -- x`. `*` and `?` stand for characters of one argument, never of the program. */
  run?: string[];
  /** `host` (port 443), `host:port`, `*.host` or `*.host:port`. */
  hosts?: string[];
  /** Environment variables handed on from outside. */
  env?: Names;
  /** Secrets it is given, by name. */
  secrets?: string[];
  memory?: {
    /** Scopes it may read; `*` and `?` stand for characters. */
    read?: Scopes;
    /** Scopes it may add to. */
    write?: Scopes;
  };
  /** Energy units for one attempt. */
  energy: number;
  /** What else it wants of these kinds is put to a person; of all other kinds it is denied. */
  ask?: ("read" | "write" | "run" | "connect" | "env" | "secret" | "remember" | "recall" | "spend" | "other")[];
};

export type Globs = string[];

export type Names = string[];

export type Scopes = string[];
