import type { Language, Token } from './tokens.ts';

/**
 * How much an assertion holds a value to. `exact`: one value; `shape`: a part or a pattern of it; `range`: a kind or an order; `presence`: that there is
 * something, or that it is not some one thing.
 */
export const STRENGTH = { presence: 2, range: 3, shape: 4, exact: 5 } as const;

/** A demand that a test makes. */
export interface Assertion {
  line: number;
  /** What is asked: `toBe`, `assert_eq!`, `==`. */
  matcher: string;
  strength: number;
  /** What is looked at, and what it is held against, as text. */
  subject: string;
  expected: string;
  /** Literals in both. */
  inputs: readonly string[];
  outcomes: readonly string[];
  /** Why it can never fail. */
  dead?: string;
}

/** A test that a source declares. */
export interface TestDeclaration {
  /** With the names of the suites around it. */
  name: string;
  line: number;
  /** Why and where it is said not to be run. */
  skipped?: { line: number; how: string; conditional?: boolean };
  /** It leaves all others out. */
  focused?: { line: number; how: string };
  assertions: readonly Assertion[];
  body: readonly Token[];
}

export interface SourceTests {
  language: Language;
  tests: readonly TestDeclaration[];
  /** All tokens but comments. */
  code: readonly Token[];
}
