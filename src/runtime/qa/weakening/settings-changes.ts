import { pathGlob } from '../../../spec/levels/path-glob.ts';
import type { Finding } from '../report.ts';
import { isSettings, isTestPath, isTestSetup } from './test-paths.ts';
import { languageOf, withoutQuoted } from './tokens.ts';
import { addedLines, changedPaths, type Trees } from './trees.ts';

/** Words of a line that runs tests or checks. */
const RUNS =
  /\b(?:jest|vitest|pytest|unittest|mocha|ava|tap|c8|nyc|stryker|playwright|nox|tox|nextest|tsc|eslint|oxlint|ruff|mypy|clippy)\b|\bnode\b.*--test\b|\bgo (?:test|vet)\b|\bcargo test\b|\b(?:npm|pnpm|yarn|make|just|bun|deno)(?: run)? (?:test|check|verify)\b|"(?:pre|post)?(?:test|check|verify|ci|lint)[\w:-]*"\s*:/;

interface LineRule {
  code: string;
  level?: 'note';
  where: (path: string) => boolean;
  pattern: RegExp;
  message: string;
}

const isSource = (path: string) => /(?<!\.d)\.(?:[cm]?[jt]sx?|py|go|rs)$/.test(path);
const isProduct = (path: string) => isSource(path) && !isTestPath(path) && !isSettings(path);
const inSettings = (path: string) => isSettings(path);
const inTests = (path: string) => isTestPath(path) || isTestSetup(path) || (isSettings(path) && isSource(path));

const RULES: readonly LineRule[] = [
  {
    code: 'QA_EXIT_FORCED',
    where: (path) => path.endsWith('.agentnexus.yaml'),
    pattern: /\bQA_[A-Z_]+['"]?\s*:\s*['"]?(?:note|off)\b/,
    message: 'A finding does not count any more.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: inSettings,
    pattern: new RegExp(
      `(?:${RUNS.source}).*(?:\\|\\|\\s*(?:true\\b|:|exit 0|echo\\b|node -e)|;\\s*(?:true|exit 0|:)(?=["'\\s]|$)|\\|\\s*tee\\b(?!.*pipefail)|&\\s*(?:["']|$))`,
    ),
    message: 'The tests may fail, and this still ends with 0.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: inSettings,
    pattern:
      /--passWithNoTests\b|passWithNoTests['"]?\s*[:=]\s*true|--pass-with-no-tests|--suppress-no-test-exit-code|--no-fail-on-empty/,
    message: 'A run without a test passes.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: (path) => /\.ya?ml$|Jenkinsfile$/.test(path) && isSettings(path),
    pattern: /continue-on-error:\s*true|allow_failure:\s*true|catchError/,
    message: 'The pipeline goes on where this fails.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: (path) => path.endsWith('Makefile'),
    pattern: new RegExp(`^\\t-.*(?:${RUNS.source})`),
    message: 'Make goes on where this fails.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: (path) => path.endsWith('.sh'),
    pattern: /^\s*set \+e\b|^\s*trap ['"]?exit 0/,
    message: 'The script goes on where a command fails.',
  },
  {
    code: 'QA_EXIT_FORCED',
    where: inTests,
    pattern:
      /\bprocess\.exit\(\s*0?\s*\)|\bprocess\.exitCode\s*=\s*0|\bos\._exit\(\s*0|\bsys\.exit\(\s*0?\s*\)|\bos\.Exit\(\s*0\s*\)|\bprocess::exit\(\s*0\s*\)|\bexitstatus\s*=\s*0|pytest\.exit\([^)]*returncode\s*=\s*0|--forceExit.*\|\|/,
    message: 'The test process is ended with 0, whatever its tests said.',
  },
  {
    code: 'QA_REPORT_FORGED',
    where: inTests,
    pattern:
      /\b(?:rep|report|outcome|result|test)\.(?:outcome|status|state)\s*=\s*['"](?:passed|pass)['"]|force_result\(|writeFileSync\([^)]*(?:junit|ctrf|report|results)[\w-]*\.(?:xml|json)/,
    message: 'A result is written here, not found out.',
  },
  {
    code: 'QA_TESTS_EXCLUDED',
    where: inSettings,
    pattern: new RegExp(
      `(?:${RUNS.source}|addopts).*\\s(?:-k[\\s=]|--deselect\\b|--testNamePattern\\b|--test-name-pattern\\b|--test-skip-pattern\\b|-t\\s+['"\\\\]|--grep\\b|--invert\\b|-g\\s+['"\\\\]|-m\\s+['"\\\\]?not |-run[\\s=]|-skip[\\s=]|-short\\b|--skip\\b|--exclude\\b|--ignore[\\s=]|--last-failed|--onlyChanged|--changedSince|--lib\\b(?!.*--))|\\btestNamePattern['"]?\\s*[:=]`,
    ),
    message: 'Not all tests are run any more.',
  },
  {
    code: 'QA_TESTS_EXCLUDED',
    where: (path) => path.endsWith('conftest.py'),
    pattern: /\bcollect_ignore(?:_glob)?\b|pytest_ignore_collect|items\s*\[:\]\s*=|items\.(?:clear|remove)|deselected\(/,
    message: 'Tests are taken out before they are run.',
  },
  {
    code: 'QA_COVERAGE_IGNORED',
    where: isProduct,
    pattern:
      /(?:istanbul|c8|v8) ignore\b|node:coverage (?:disable|ignore)|#\s*pragma:\s*no ?cover|\bcoverage\(off\)|LCOV_EXCL|\bno_coverage\b|tarpaulin_include|:nocov:/,
    message: 'Code is kept out of the coverage.',
  },
  {
    code: 'QA_CHECK_SILENCED',
    level: 'note',
    where: isSource,
    pattern: /@ts-(?:ignore|nocheck)|(?:eslint|oxlint)-disable|#\s*type:\s*ignore|#\s*noqa|\/\/\s*nolint|#!?\[allow\(/,
    message: 'A check is told to be silent here.',
  },
  {
    code: 'QA_RETRIES_RAISED',
    level: 'note',
    where: (path) => inSettings(path) || inTests(path),
    pattern: /\bretryTimes\(|\bretry['"]?\s*[:=]\s*[1-9]|\bretries['"]?\s*[:=]\s*[1-9]|--reruns\b|@(?:pytest\.mark\.)?flaky/,
    message: 'Tests that fail are run again.',
  },
];

/** What a change does to how tests are run, judged and measured. */
export function findSettingsChanges(trees: Trees): Finding[] {
  return changedPaths(trees).flatMap((path): Finding[] => {
    const after = trees.after.get(path);
    if (after === undefined) return [];
    const before = trees.before.get(path);
    if (!isCrowded(path, before) && !isCrowded(path, after)) return findingsIn(path, { before, after, trees });
    // Its lines are ours then, and nobody could find them.
    const laid = { before: before === undefined ? undefined : laidOut(before), after: laidOut(after), trees };
    return findingsIn(path, laid).map(({ line: _, ...finding }) => finding);
  });
}

function findingsIn(path: string, change: Change): Finding[] {
  return [...lineFindings(path, change.before, change.after), ...(isSettings(path) ? settingFindings(path, change) : [])];
}

/** JSON with several members in one line: rules are about lines. */
function isCrowded(path: string, text: string | undefined): boolean {
  return path.endsWith('.json') && isSettings(path) && /"\s*:[^\n]*"\s*:/.test(text ?? '');
}

function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function lineFindings(path: string, before: string | undefined, after: string): Finding[] {
  const rules = RULES.filter(({ where }) => where(path));
  if (rules.length === 0) return [];
  const language = isSettings(path) && !path.endsWith('conftest.py') ? undefined : languageOf(path);
  const plain = (text: string) => (language === undefined ? text : withoutQuoted(text, language));
  const found = addedLines(before === undefined ? undefined : plain(before), plain(after)).flatMap(({ text, line }) =>
    rules.flatMap(({ code, level, pattern, message }): Finding[] =>
      pattern.test(text) ? [{ code, ...(level && { level }), path, line, message }] : [],
    ),
  );
  // In a script with flags that were there before, only what they say now is new.
  return found.filter(
    ({ code, line }) => code !== 'QA_TESTS_EXCLUDED' || !wasExcluding(before, after.split('\n')[(line ?? 1) - 1] ?? ''),
  );
}

function wasExcluding(before: string | undefined, line: string): boolean {
  const flags = line.match(/\s--?[\w-]+[ =](?:\\?["'])?[^\s"']+/g) ?? [];
  return before !== undefined && flags.length > 0 && flags.every((flag) => before.includes(flag.trim()));
}

interface Change {
  before: string | undefined;
  after: string;
  trees: Trees;
}

function settingFindings(path: string, change: Change): Finding[] {
  return [...loweredThresholds(path, change), ...emptiedScripts(path, change), ...excluded(path, change)];
}

const THRESHOLD =
  /["']?\b(branches|functions|lines|statements|fail_under|threshold|target|break|perFile|check-coverage|minimum_coverage|coverage|mutation)\b["']?\s*[:=]\s*["']?(-?\d+(?:\.\d+)?)|(--cov-fail-under|--fail-under(?:-\w+)?|--(?:branches|functions|lines|statements)|--test-coverage-(?:lines|branches|functions))[= ](\d+(?:\.\d+)?)/g;

/** Numbers that coverage or mutation must reach, by name, in the order in which they stand. */
function thresholdsOf(text: string): { name: string; value: number; line: number }[] {
  return text.split('\n').flatMap((content, index) =>
    [...content.matchAll(THRESHOLD)].map(([, key, value, flag, limit]) => ({
      name: key ?? flag ?? '',
      value: Number(value ?? limit),
      line: index + 1,
    })),
  );
}

function loweredThresholds(path: string, { before, after }: Change): Finding[] {
  if (before === undefined) return [];
  const now = Map.groupBy(thresholdsOf(after), ({ name }) => name);
  const old = Map.groupBy(thresholdsOf(before), ({ name }) => name);
  return [...old].flatMap(([name, values]) =>
    values.flatMap(({ value }, at): Finding[] => {
      const found = now.get(name)?.[at];
      if (found !== undefined && found.value >= value) return [];
      const message =
        found === undefined
          ? `The threshold \`${name}\` of ${value} is gone.`
          : `The threshold \`${name}\` was lowered from ${value} to ${found.value}.`;
      return [{ code: 'QA_THRESHOLD_LOWERED', path, ...(found && { line: found.line }), message }];
    }),
  );
}

const SCRIPT = /^\s*"((?:pre|post)?test[\w:-]*)"\s*:\s*"((?:[^"\\]|\\.)*)"/;

/** A test script that ran something, and now says that it did. */
function emptiedScripts(path: string, { before, after }: Change): Finding[] {
  if (!path.endsWith('package.json') || before === undefined) return [];
  const scriptsOf = (text: string) =>
    text.split('\n').flatMap((content, index) => {
      const [, name, command = ''] = SCRIPT.exec(content) ?? [];
      return name === undefined ? [] : [{ name, command, line: index + 1 }];
    });
  const now = scriptsOf(after);
  return scriptsOf(before).flatMap(({ name, command }): Finding[] => {
    const found = now.find((each) => each.name === name);
    const ran = RUNS.test(command);
    if (
      !ran ||
      (found !== undefined && !/^\s*(?:echo\b[^&|;]*|true|:|exit 0|node -e .*)\s*(?:&&\s*exit 0)?$/.test(found.command))
    )
      return [];
    if (found === undefined && now.some(({ command: other }) => RUNS.test(other))) return [];
    return [
      {
        code: 'QA_EXIT_FORCED',
        path,
        ...(found && { line: found.line }),
        message: `The script \`${name}\` runs no tests any more.`,
      },
    ];
  });
}

/** What names tests, and what names code that is measured, in settings. */
const TEST_KEY =
  /(?:testPathIgnorePatterns|modulePathIgnorePatterns|exclude|ignore|norecursedirs|collect_ignore|excludes|testMatchIgnore|spec-ignore)$/i;
const COVERAGE_KEY =
  /(?:omit|coveragePathIgnorePatterns|collectCoverageFrom|coverage\.exclude|exclude|ignore|exclude_lines|exclude_also)$/i;
const INCLUDE_KEY = /^(?:testMatch|testRegex|testpaths|python_files|include|spec|files|roots)$/i;

interface Setting {
  key: string;
  value: string;
  line: number;
}

/** Text values of a settings file, each with the nearest key before it. */
function valuesOf(text: string): Setting[] {
  let key = '';
  return text.split('\n').flatMap((content, index) => {
    const plain = content.replace(/^\s*(?:#|\/\/).*/, '');
    const found = /^\s*["']?([\w.-]+)["']?\s*[:=]/.exec(plain);
    if (found?.[1] !== undefined) key = found[1];
    const rest = found === null ? plain : plain.slice(found[0].length);
    const quoted = [...rest.matchAll(/(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map((match) => match[2] ?? '');
    const bare =
      quoted.length === 0
        ? rest.split(/[\s,[\]]+/).filter((word) => /^-?\s*[\w*!./-]+$/.test(word) && /[*./]|\w/.test(word))
        : [];
    // Keys inside of a line count too: `coverage: { exclude: ['src/a.ts'] }`.
    const inner = [...rest.matchAll(/\b([\w.-]+)["']?\s*[:=]\s*\[/g)].at(-1)?.[1];
    return [...quoted, ...bare].map((value) => ({ key: inner ?? key, value, line: index + 1 }));
  });
}

function excluded(path: string, { before, after, trees }: Change): Finding[] {
  const known = new Set(valuesOf(before ?? '').map(({ key, value }) => `${key}\0${value}`));
  const paths = [...trees.after.keys()];
  const tests = paths.filter((each) => isTestPath(each) && !isTestSetup(each));
  const product = paths.filter(isProduct);
  const fresh = valuesOf(after).filter(({ key, value }) => !known.has(`${key}\0${value}`));
  const out = fresh.flatMap(({ key, value, line }): Finding[] => {
    const negated = value.startsWith('!');
    const fits = matcherOf(value.replace(/^!/, ''));
    const hit = TEST_KEY.test(key) || (negated && INCLUDE_KEY.test(key)) ? tests.find(fits) : undefined;
    // Test files are left out of the coverage as a matter of course.
    const inCoverage = /coverage|omit/i.test(key) || contextOf(after, line).includes('coverage');
    if (hit !== undefined && !inCoverage)
      return [{ code: 'QA_TESTS_EXCLUDED', path, line, message: `\`${value}\` keeps ${hit} from being run.` }];
    if (key === 'collectCoverageFrom' && !negated) return [];
    const hidden = COVERAGE_KEY.test(key) && inCoverage ? product.find(fits) : undefined;
    return hidden === undefined
      ? []
      : [{ code: 'QA_COVERAGE_IGNORED', path, line, message: `\`${value}\` keeps ${hidden} out of the coverage.` }];
  });
  return [...out, ...narrowed(path, { before, after, tests })];
}

/** The settings around a line, as far as its indentation tells. */
function contextOf(text: string, line: number): string {
  const lines = text.split('\n');
  const found: string[] = [];
  let margin = Number.POSITIVE_INFINITY;
  for (let at = line - 1; at >= 0; at--) {
    const content = lines[at] ?? '';
    const own = content.search(/\S/);
    if (own === -1) continue;
    if (own < margin || /^\s*\[/.test(content)) found.push(content.toLowerCase());
    margin = Math.min(margin, own);
    if (content.startsWith('[')) break;
  }
  return found.join('\n');
}

/** Fewer tests match what names them. */
function narrowed(
  path: string,
  { before, after, tests }: { before: string | undefined; after: string; tests: readonly string[] },
): Finding[] {
  if (before === undefined || !/jest|vitest|pytest|pyproject|package\.json|mocharc|tox|setup\.cfg|ava|playwright/.test(path))
    return [];
  const of = (text: string) => valuesOf(text).filter(({ key, value }) => INCLUDE_KEY.test(key) && !value.startsWith('!'));
  const [old, now] = [of(before), of(after)];
  const lost = tests.find(
    (test) => old.some(({ value }) => matcherOf(value)(test)) && !now.some(({ value }) => matcherOf(value)(test)),
  );
  const [first] = now.filter(({ key, value }) => !old.some((each) => each.key === key && each.value === value));
  return lost === undefined || first === undefined
    ? []
    : [
        {
          code: 'QA_TESTS_EXCLUDED',
          path,
          line: first.line,
          message: `\`${first.value}\` does not name ${lost} any more, which was run before.`,
        },
      ];
}

/** As tools read such values: a glob, a folder, or an expression. */
function matcherOf(value: string): (path: string) => boolean {
  const plain = value
    .replaceAll('<rootDir>/', '')
    .replace(/^\.?\//, '')
    .replace(/\\\\/g, '\\');
  if (plain === '' || plain.length > 200) return () => false;
  const globs = [plain, `${plain.replace(/\/$/, '')}/**`].map(pathGlob);
  const expression = /[*?]{2}|\{/.test(plain) ? undefined : expressionOf(plain);
  return (path) => globs.some((fits) => fits(path)) || (expression?.test(`/${path}`) ?? false);
}

/** Only names of some length, so that `.` or `src` as an expression does not stand for everything. */
function expressionOf(text: string): RegExp | undefined {
  if (!/[\w-]{4,}/.test(text) || /\)\*|\+\)|\{\d/.test(text)) return undefined;
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}
