import { type Diagnostic, type DiagnosticCode, DIAGNOSTICS } from '../diagnostics.ts';
import { pathGlob } from './path-glob.ts';

/** Name of the configuration, in the root of a bundle or of its repository. */
export const CONFIG_FILE = '.agentnexus.yaml';

export const LEVELS = ['off', 'info', 'warning', 'error'] as const;
/** What becomes of a diagnostic: it is not told, or told as this. */
export type Level = (typeof LEVELS)[number];

export type Levels = ReadonlyMap<DiagnosticCode, Level>;

/** What `.agentnexus.yaml` says of diagnostics. */
export interface LevelRules {
  /** Where it was read, for people. */
  file: string;
  levels: Levels;
  /** For paths, relative to the folder of the file; the last one that names a path and a code counts. */
  overrides: readonly { paths: readonly string[]; levels: Levels }[];
}

/** What is left of diagnostics under a configuration. */
export interface Levelled {
  /** Those that are told, at their levels. */
  diagnostics: Diagnostic[];
  /** Those that a mission must not start with: errors by nature, whatever their level, what is raised to one, and warnings under `strict`. */
  faults: Diagnostic[];
  /** How many are not told. */
  off: number;
}

/** Puts diagnostics at their levels. `folder` is where the bundle lies, seen from the configuration; empty if beside it. */
export function applyLevels(
  diagnostics: readonly Diagnostic[],
  rules: LevelRules | undefined,
  { folder = '', strict = false }: { folder?: string; strict?: boolean } = {},
): Levelled {
  const levelOf = rules === undefined ? ({ severity }: Diagnostic): Level => severity : levelFinder(rules, folder);
  const told = diagnostics.map((diagnostic) => ({ diagnostic, level: levelOf(diagnostic) }));
  return {
    diagnostics: told.flatMap(({ diagnostic, level }) => (level === 'off' ? [] : [{ ...diagnostic, severity: level }])),
    faults: told.flatMap(({ diagnostic, level }) => {
      const severity = DIAGNOSTICS[diagnostic.code].severity === 'error' ? 'error' : level;
      return severity === 'error' || (strict && severity === 'warning') ? [{ ...diagnostic, severity }] : [];
    }),
    off: told.filter(({ level }) => level === 'off').length,
  };
}

function levelFinder({ levels, overrides }: LevelRules, folder: string): (diagnostic: Diagnostic) => Level {
  const rules = overrides.map((override) => ({ levels: override.levels, globs: override.paths.map(pathGlob) })).toReversed();
  const levelAt = ({ code, severity }: Diagnostic, file: string): Level => {
    const path = folder === '' ? file : `${folder}/${file}`;
    const special = rules.find((rule) => rule.levels.has(code) && rule.globs.some((matches) => matches(path)));
    return special?.levels.get(code) ?? levels.get(code) ?? severity;
  };
  // One that speaks of many files is as grave as it is for any of them.
  return (diagnostic) =>
    (diagnostic.files ?? [diagnostic.file])
      .map((file) => levelAt(diagnostic, file))
      .reduce((worst, level) => (LEVELS.indexOf(level) > LEVELS.indexOf(worst) ? level : worst), 'off');
}
