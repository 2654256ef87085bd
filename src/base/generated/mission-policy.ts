// Generated from schemas/mission-policy.schema.json by `npm run generate`; do not edit.

/** What any task of a mission may do at most; a key that is left out limits nothing. docs/capability-profiles.md. */
export type MissionPolicy = {
  /** What denials call it. */
  name?: string;
  description?: string;
  /** Capability profiles that tasks may have. */
  profiles?: string[];
  /** Agents that may be given tasks; the embedded compiler always may. */
  agents?: string[];
  /** `required`: no agent runs without walls, whatever is said on the command line. */
  sandbox?: "required";
  /** Globs of the files that may be seen at most. */
  read?: string[];
  /** Globs of the files that may be left changed at most. */
  write?: string[];
  /** Commands that may be run at most, by their first words. `*` and `?` stand for characters of one argument, never of the program. */
  run?: string[];
  /** Hosts that may be reached at most: `host` (port 443), `host:port`, `*.host` or `*.host:port`. */
  hosts?: string[];
  /** Environment variables that may be handed on at most. */
  env?: string[];
  /** Secrets that may be given at most, by name. */
  secrets?: string[];
  /** Scopes of the memory that may be used at most; `*` and `?` stand for characters. */
  memory?: {
    read?: string[];
    write?: string[];
  };
  /** Energy units for one attempt, at most. */
  energy?: number;
  /** What this policy does not allow of these kinds is put to a person; of all other kinds it is denied. */
  ask?: ("read" | "write" | "run" | "connect" | "env" | "secret" | "remember" | "recall" | "spend" | "other")[];
};
