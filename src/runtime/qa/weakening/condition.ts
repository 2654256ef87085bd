import { type Assertion, STRENGTH } from './source-tests.ts';
import { isMark, isWord, literalsOf, outermost, textOf, type Token } from './tokens.ts';

const EQUAL = ['===', '=='];
const UNEQUAL = ['!==', '!='];
const ORDER = ['<', '>', '<=', '>='];

/** What a bare condition demands: `result == 3`, `isinstance(result, int)`, `result`. */
export function conditionOf(tokens: readonly Token[], line: number): Assertion {
  // What holds if either side does demands little, and nothing where one side always holds.
  if (outermost(tokens, ['||', 'or']) !== -1) return made('either', STRENGTH.presence, { line, subject: tokens, expected: [] });
  const inner = outermost(tokens, ['&&', 'and']);
  if (inner !== -1) {
    const parts = [conditionOf(tokens.slice(0, inner), line), conditionOf(tokens.slice(inner + 1), line)];
    const strongest = parts.toSorted((a, b) => b.strength - a.strength)[0];
    if (strongest !== undefined)
      return { ...strongest, subject: textOf(tokens), dead: parts.find(({ dead }) => dead)?.dead } as Assertion;
  }
  for (const [marks, strength] of [
    [EQUAL, STRENGTH.exact],
    [UNEQUAL, STRENGTH.presence],
    [ORDER, STRENGTH.range],
    [['in'], STRENGTH.shape],
    [['is'], STRENGTH.exact],
    [['instanceof'], STRENGTH.range],
  ] as const) {
    const at = outermost(tokens, marks);
    if (at > 0) return compared(tokens, at, { line, strength });
  }
  const kind = tokens.some((token) =>
    isWord(token, 'isinstance', 'hasattr', 'callable', 'is_some', 'is_ok', 'is_err', 'is_none'),
  );
  const exact = tokens.some((token) => isWord(token, 'DeepEqual', 'Equal', 'equals'));
  return made('holds', exact ? STRENGTH.exact : kind ? STRENGTH.range : STRENGTH.presence, {
    line,
    subject: tokens,
    expected: [],
  });
}

function compared(tokens: readonly Token[], at: number, { line, strength }: { line: number; strength: number }): Assertion {
  const negated = isWord(tokens[at + 1], 'not');
  const typed = tokens.slice(0, at).some((token) => isWord(token, 'typeof', 'type'));
  const expected = tokens.slice(negated ? at + 2 : at + 1);
  const matcher = `${tokens[at]?.text ?? ''}${negated ? ' not' : ''}`;
  return made(matcher, negated ? STRENGTH.presence : typed ? STRENGTH.range : strength, {
    line,
    subject: tokens.slice(0, at),
    expected,
  });
}

/** An assertion of these parts. One that holds a value against itself, or one literal against another, can never fail. */
export function made(
  matcher: string,
  strength: number,
  { line, subject, expected }: { line: number; subject: readonly Token[]; expected: readonly Token[] },
): Assertion {
  const [of, to] = [textOf(subject), textOf(expected)];
  const constant = subject.length > 0 && literalsOf(subject).length > 0 && subject.every((token) => isConstant(token));
  const dead =
    constant && !/pytest|fail/.test(matcher) && expected.every((token) => isConstant(token))
      ? 'it looks at nothing that the product made'
      : of !== '' && of === to && strength === STRENGTH.exact && !of.includes('(')
        ? 'it holds a value against itself'
        : undefined;
  return {
    line,
    matcher,
    strength: weakened(strength, expected),
    subject: of,
    expected: to,
    inputs: literalsOf(subject),
    outcomes: literalsOf(expected),
    ...(dead !== undefined && { dead }),
  };
}

/** A call of a function that asserts something: what, is its own affair. */
export function helperCall(name: string, line: number, args: readonly Token[]): Assertion {
  const { dead: _, ...assertion } = made(name, STRENGTH.exact, { line, subject: args, expected: [] });
  return { ...assertion, matcher: `helper ${name}` };
}

function isConstant(token: Token): boolean {
  if (token.kind === 'word') return /^(?:true|false|True|False|null|None|nil|undefined)$/.test(token.text);
  if (token.kind === 'string') return !token.text.includes('{');
  return token.kind !== 'mark' || /^(?:[-+([{}\]),]|===?)$/.test(token.text);
}

const ANYTHING = ['any', 'anything', 'ANY', 'Anything', 'AnythingOfType'];
const PARTLY = ['objectContaining', 'stringContaining', 'stringMatching', 'arrayContaining', 'approx'];

/** Whether one value is asked for, or anything that looks like it. */
function weakened(strength: number, expected: readonly Token[]): number {
  const words = expected.filter(({ kind }) => kind === 'word').map(({ text }) => text);
  const any = words.findIndex((word) => ANYTHING.includes(word));
  if (any !== -1) return Math.min(strength, any <= 1 ? STRENGTH.presence : STRENGTH.shape);
  const wild = expected.some((token, at) => isWord(token, '_') && !isMark(expected[at + 1], '.'));
  return wild || words.some((word) => PARTLY.includes(word)) ? Math.min(strength, STRENGTH.shape) : strength;
}
