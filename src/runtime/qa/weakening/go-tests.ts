import { conditionOf, made } from './condition.ts';
import { type Assertion, type SourceTests, STRENGTH, type TestDeclaration } from './source-tests.ts';
import { closingOf, isMark, isWord, splitAtCommas, textOf, type Token, tokenize } from './tokens.ts';

const FAILS = ['Error', 'Errorf', 'Fatal', 'Fatalf', 'Fail', 'FailNow'];

/** Tests of Go: `TestX`, their `t.Run` parts are of them. */
export function goTests(text: string): SourceTests {
  const whole = tokenize(text, 'go');
  const code = whole.filter(({ kind }) => kind !== 'comment');
  // A file that is not built has no test that runs.
  const tag = whole.find(
    ({ kind, text: comment }) =>
      kind === 'comment' && /^\/\/(?:go:build|\s*\+build)\s+(?:ignore|never|false|skip)\b/.test(comment),
  );
  const tests: TestDeclaration[] = [];
  for (let at = 0; at < code.length; at++) {
    const name = code[at + 1]?.text ?? '';
    if (!isWord(code[at], 'func') || !/^(?:Test|Fuzz)(?![a-z])/.test(name) || name === 'TestMain') continue;
    const open = code.findIndex((token, index) => index > at && isMark(token, '{'));
    if (open === -1) break;
    const end = closingOf(code, open);
    tests.push(testOf(name, code.slice(at, end), tag && { line: tag.line, how: tag.text }));
    at = end;
  }
  return { language: 'go', tests, code };
}

function testOf(name: string, body: readonly Token[], tag: TestDeclaration['skipped']): TestDeclaration {
  const skips = body.flatMap((token, at) =>
    isWord(token, 'Skip', 'Skipf', 'SkipNow') && isMark(body[at - 1], '.') && depthOf(body, at) <= 1 ? [token] : [],
  );
  const [skip] = skips;
  const skipped = tag ?? (skip && { line: skip.line, how: `t.${skip.text}` });
  return { name, line: body[0]?.line ?? 0, ...(skipped && { skipped }), assertions: assertionsIn(body), body };
}

function assertionsIn(body: readonly Token[]): Assertion[] {
  const found: Assertion[] = [];
  const returned = body.findIndex((token, at) => isWord(token, 'return') && depthOf(body, at) === 1);
  for (let at = 0; at < body.length; at++) {
    const assertion = testifyAt(body, at) ?? ifAt(body, at);
    if (assertion === undefined) continue;
    const dead = assertion.dead ?? (returned !== -1 && at > returned ? 'the test has returned before it' : undefined);
    found.push({ ...assertion, ...(dead !== undefined && { dead }) });
  }
  return found;
}

const TESTIFY: readonly (readonly [RegExp, number])[] = [
  [/^(?:NotNil|NotEmpty|NotEqual|NotZero|NotPanics|NotContains)/, STRENGTH.presence],
  [/^(?:Error|NoError|Greater|Less|IsType|Implements|Panics|Positive|Negative)f?$/, STRENGTH.range],
  [/^(?:Contains|InDelta|InEpsilon|Regexp|Subset|ErrorContains|WithinDuration)/, STRENGTH.shape],
  [/^/, STRENGTH.exact],
];

function testifyAt(body: readonly Token[], at: number): Assertion | undefined {
  const matcher = body[at + 2]?.text ?? '';
  if (!isWord(body[at], 'assert', 'require', 'is', 'qt') || !isMark(body[at + 1], '.') || !isMark(body[at + 3], '('))
    return undefined;
  const line = body[at]?.line ?? 0;
  const args = splitAtCommas(body.slice(at + 4, closingOf(body, at + 3)));
  const [, first = [], second = []] = args;
  if (/^(?:True|False)f?$/.test(matcher)) {
    const condition = conditionOf(first, line);
    return { ...condition, matcher: `${matcher} ${condition.matcher}` };
  }
  const strength = TESTIFY.find(([pattern]) => pattern.test(matcher))?.[1] ?? STRENGTH.shape;
  const single = /^(?:Nil|NotNil|Empty|NotEmpty|NoError|Error|Zero|NotZero)f?$/.test(matcher);
  return made(matcher, strength, single ? { line, subject: first, expected: [] } : { line, subject: second, expected: first });
}

/** `if got != 4 { t.Errorf(…) }`: what must hold is the opposite of the condition. */
function ifAt(body: readonly Token[], at: number): Assertion | undefined {
  if (!isWord(body[at], 'if')) return undefined;
  const open = openingOf(body, at);
  if (open === undefined) return undefined;
  const end = closingOf(body, open);
  const fails = body.slice(open, end).some((token, index, inside) => isWord(token, ...FAILS) && isMark(inside[index - 1], '.'));
  const nested = body.slice(open, end).some((token) => isWord(token, 'if', 'for'));
  if (!fails || nested) return undefined;
  const head = body.slice(at + 1, open);
  const semicolon = head.findLastIndex((token) => isMark(token, ';'));
  const setup = head.slice(0, Math.max(semicolon, 0));
  return opposite(head.slice(semicolon + 1), setup);
}

function opposite(condition: readonly Token[], setup: readonly Token[]): Assertion {
  const line = condition[0]?.line ?? 0;
  const found = conditionOf(condition, line);
  const subject = textOf([...setup, ...condition.slice(0, 0)]) + found.subject;
  const both = condition.some((token) => isMark(token, '&&'));
  const never = condition.some((token) => isWord(token, 'false')) && both;
  const nil = found.expected === 'nil' || found.expected === '""';
  const strength = both ? STRENGTH.presence : strengthOf(found, { condition, nil });
  const { dead: _, ...rest } = found;
  return {
    ...rest,
    matcher: `if ${found.matcher}`,
    subject,
    inputs: [...inputsOf(setup), ...found.inputs],
    strength,
    ...(never && { dead: 'its condition never holds' }),
  };
}

function strengthOf(found: Assertion, { condition, nil }: { condition: readonly Token[]; nil: boolean }): number {
  if (found.matcher === '!=') return nil && found.expected === 'nil' ? STRENGTH.range : STRENGTH.exact;
  if (found.matcher === '==') return nil ? STRENGTH.presence : STRENGTH.presence;
  if (found.matcher === 'either') return STRENGTH.exact;
  if (found.matcher === 'holds' && isMark(condition[0], '!')) return Math.max(found.strength, STRENGTH.shape);
  return found.strength;
}

function inputsOf(setup: readonly Token[]): string[] {
  return setup.flatMap((token) =>
    token.kind === 'number' ? [token.text] : token.kind === 'string' ? [JSON.stringify(token.text)] : [],
  );
}

/** The brace that opens the block of an `if`; composite literals in its head stand in brackets. */
function openingOf(body: readonly Token[], at: number): number | undefined {
  for (let index = at + 1; index < body.length; index++) {
    const token = body[index];
    if (isMark(token, '(') || isMark(token, '[')) index = closingOf(body, index);
    else if (isMark(token, '{')) return index;
  }
  return undefined;
}

function depthOf(body: readonly Token[], end: number): number {
  let depth = 0;
  for (const token of body.slice(0, end)) {
    if (isMark(token, '{')) depth += 1;
    if (isMark(token, '}')) depth -= 1;
  }
  return depth;
}
