import { isTestName } from '../test-frameworks.ts';
import { languageOf } from './tokens.ts';

const NAMED =
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.(?:py|go|rs)$|(?:^|\/)(?:tests?|__tests__|spec)\/.*\.(?:[cm]?[jt]sx?|py|go|rs)$/;
const SETUP =
  /(?:^|\/)(?:conftest\.py|(?:jest|vitest|test)[.-]?(?:setup|global-?setup)[^/]*|setup[.-]?(?:tests?|jest|vitest)[^/]*)$/i;

/** A file that holds tests by its name or place, or what they stand on. */
export function isTestPath(path: string): boolean {
  return isTestName(path) || NAMED.test(path) || isTestSetup(path);
}

export function isTestSetup(path: string): boolean {
  return SETUP.test(path);
}

/** Files that say what is run, and how: settings, scripts, pipelines. */
export function isSettings(path: string): boolean {
  return /(?:^|\/)(?:\.agentnexus\.yaml|package\.json|pyproject\.toml|setup\.cfg|tox\.ini|noxfile\.py|\.?pytest\.ini|\.coveragerc|Makefile|justfile|Taskfile\.ya?ml|Cargo\.toml|codecov\.ya?ml|\.codecov\.ya?ml|\.?nycrc(?:\.json)?|\.c8rc(?:\.json)?|\.mocharc\.\w+|(?:jest|vitest|vite|ava|playwright|cypress|stryker|karma)\.(?:conf(?:ig)?|workspace)\.\w+|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml|conftest\.py)$|(?:^|\/)\.(?:github\/workflows|circleci|cargo|config)\/|\.sh$/.test(
    path,
  );
}

const REPORT = /\.(?:xml|json|info|lcov|out|sarif|cov|profile)$/;

/** What a change is looked for in: sources, tests, settings, snapshots, and what may be a report. */
export function isWatched(path: string): boolean {
  if (/(?:^|\/)(?:node_modules|vendor)\/|(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path)) return false;
  return languageOf(path) !== undefined || isSettings(path) || isSnapshot(path) || REPORT.test(path);
}

const ENTRIES = /\.(?:snap|ambr)$/;
const WHOLE = /(?:^|\/)__snapshots__\/|\.(?:golden|approved)(?:\.\w+)?$|(?:^|\/)testdata\/.*\.golden/;

/** A file of values that tests are held against. */
export function isSnapshot(path: string): boolean {
  return ENTRIES.test(path) || WHOLE.test(path);
}
