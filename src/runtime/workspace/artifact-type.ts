import type { ArtifactType } from '../vault/artifact.ts';

const TEST =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e)\/|[._-](?:test|spec)\.[^./]+$|(?:^|\/)test_[^/]+\.py$|_test\.(?:go|py|rb|exs)$/i;

/** Files that say and are not run: nothing can be tested about them. */
const ANALYSIS =
  /\.(?:md|mdx|markdown|rst|adoc|txt|pdf|csv|svg|png|jpe?g|gif|webp|ico|html?)$|(?:^|\/)(?:licen[cs]e|notice|authors|changelog)$/i;

/** What a file is for, by its path. What is not known to be anything else is code, which must be tested. */
export function artifactTypeOf(path: string): ArtifactType {
  if (ANALYSIS.test(path)) return 'analysis';
  return TEST.test(path) ? 'test' : 'code';
}
