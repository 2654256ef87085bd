import { goTests } from './go-tests.ts';
import { javascriptTests } from './javascript-tests.ts';
import { pythonTests } from './python-tests.ts';
import { rustTests } from './rust-tests.ts';
import type { SourceTests } from './source-tests.ts';
import { type Language, languageOf } from './tokens.ts';

const READERS: Record<Language, (text: string) => SourceTests> = {
  javascript: javascriptTests,
  python: pythonTests,
  go: goTests,
  rust: rustTests,
};

/** The tests of a source; undefined for a file of another language. */
export function readSource(path: string, text: string): SourceTests | undefined {
  const language = languageOf(path);
  return language === undefined ? undefined : READERS[language](text);
}
