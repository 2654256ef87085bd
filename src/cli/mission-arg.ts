/** What every MISSION argument says of itself. */
export const MISSION = 'Id of a mission, a unique prefix of one, or `latest`.';

/** What every BUNDLE argument says of itself. */
export const BUNDLE = 'Folder, file, archive (.tar.gz, .zip) or git address (URL[@REF][#PATH]) of the specification.';

/** What every `--dialect` says of itself. */
export const DIALECT = 'Read the bundle as this dialect, whatever it looks like.';

/** `--dialect` as the operations take it. */
export function dialectOf({ dialect }: { dialect?: string | undefined }): { dialect?: string } {
  return dialect === undefined ? {} : { dialect };
}

/** What every `--agent` says of itself. */
export const AGENT = 'Who does the tasks that need a model: compiler (nobody), script:FILE, or an agent by name (`agents list`).';

/** What every `--bundle` beside agents says of itself. */
export const AGENTS_OF = 'Bundle whose .agentnexus.yaml counts; default that of the working folder.';

/** `--agent` as the operations take it. */
export function agentOf({ agent }: { agent?: string | undefined }): { agent?: string } {
  return agent === undefined ? {} : { agent };
}

/** What every `--base` says of itself. */
export const BASE = 'Commit of the repository around the bundle that agents start from; default HEAD. none: from nothing.';

/** What every `--policy` says of itself. */
export const POLICY = 'File (YAML or JSON) that says what any task may do at most, whatever its profile allows.';
