import type { Finding } from '../report.ts';
import { compareTests } from './compare-tests.ts';
import { findForgedReports } from './forged-reports.ts';
import { readSource } from './read-source.ts';
import { findSettingsChanges } from './settings-changes.ts';
import { findEditedSnapshots } from './snapshots.ts';
import type { SourceTests } from './source-tests.ts';
import { findSpecialCases } from './special-cases.ts';
import { isTestPath } from './test-paths.ts';
import { languageOf, tokenize } from './tokens.ts';
import { changedPaths, type Trees } from './trees.ts';

/** Ways in which a change makes tests say less than they did, or makes them be told what they want to hear. Pure. */
export function findWeakening(trees: Trees): Finding[] {
  const changed = new Set(changedPaths(trees));
  const before = testsOf(trees.before);
  const after = testsOf(trees.after);
  const touched = (tests: ReadonlyMap<string, SourceTests>) => new Map([...tests].filter(([path]) => changed.has(path)));
  const findings = [
    ...compareTests({ before: touched(before), after: touched(after), gone: goneNames(trees, before) }),
    ...findEditedSnapshots(trees),
    ...findSettingsChanges(trees),
    ...findSpecialCases(trees, after),
    ...findForgedReports(trees),
  ];
  return findings.filter((finding, at) => findings.findIndex((other) => sameAs(other, finding)) === at);
}

function sameAs(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.path === b.path && a.line === b.line && a.message === b.message;
}

/** By path; Rust has tests in the files of what they test. */
function testsOf(tree: ReadonlyMap<string, string>): Map<string, SourceTests> {
  return new Map(
    [...tree].flatMap(([path, text]) => {
      const found = isTestPath(path) || path.endsWith('.rs') ? readSource(path, text) : undefined;
      return found === undefined || found.tests.length === 0 ? [] : [[path, found] as const];
    }),
  );
}

/** Names that product code had and has no more; those of tests that lie among it are none of it. */
function goneNames(trees: Trees, tests: ReadonlyMap<string, SourceTests>): Set<string> {
  const own = new Set([...tests.values()].flatMap((each) => each.tests.map(({ name }) => name)));
  const namesIn = (tree: ReadonlyMap<string, string>) =>
    new Set(
      [...tree].flatMap(([path, text]) => {
        const language = languageOf(path);
        if (language === undefined || isTestPath(path)) return [];
        const code = tokenize(text, language);
        return code.flatMap((token, at) =>
          /^(?:function|def|func|fn|class|const|struct|type|interface|enum|let|var)$/.test(code[at - 1]?.text ?? '') &&
          token.kind === 'word'
            ? [token.text]
            : [],
        );
      }),
    );
  return namesIn(trees.before).difference(namesIn(trees.after)).difference(own);
}
