import { conditionOf, helperCall, made } from './condition.ts';
import { type Assertion, type SourceTests, STRENGTH, type TestDeclaration } from './source-tests.ts';
import { closingOf, isMark, isWord, splitAtCommas, textOf, type Token, tokenize } from './tokens.ts';

/** Tests of pytest and unittest: functions called `test…`, in classes or not. */
export function pythonTests(text: string): SourceTests {
  const code = tokenize(text, 'python').filter(({ kind }) => kind !== 'comment');
  const helpers = helpersOf(code);
  const whole = code.find(
    (token, at) =>
      isWord(token, 'pytestmark') &&
      isMark(code[at + 1], '=') &&
      code.slice(at, at + 12).some((each) => isWord(each, 'skip', 'skipif', 'xfail')),
  );
  const around = whole === undefined ? {} : { skipped: { line: whole.line, how: 'pytestmark' } };
  return { language: 'python', tests: declared(code, { path: [], helpers, ...around }), code };
}

interface Around {
  path: readonly string[];
  helpers: ReadonlySet<string>;
  skipped?: TestDeclaration['skipped'];
}

function declared(code: readonly Token[], around: Around): TestDeclaration[] {
  const found: TestDeclaration[] = [];
  for (let at = 0; at < code.length; at++) {
    if (!isWord(code[at], 'def', 'class') || code[at + 1]?.kind !== 'word') continue;
    const end = endOfBlock(code, at);
    const name = code[at + 1]?.text ?? '';
    const from = decoratorsBefore(code, at);
    const skip = skipIn(code.slice(from, at)) ?? around.skipped;
    const inner = { path: [...around.path, name], helpers: around.helpers, ...(skip && { skipped: skip }) };
    if (isWord(code[at], 'class')) found.push(...declared(code.slice(at + 2, end), inner));
    else if (name.startsWith('test'))
      found.push(testOf(code.slice(from, end), { ...inner, line: code[at]?.line ?? 0, def: at - from }));
    at = end - 1;
  }
  return found;
}

/** Up to the first line that is not indented further than the one that opens the block. */
function endOfBlock(code: readonly Token[], at: number): number {
  const margin = marginOf(code, at);
  let depth = 0;
  for (let index = at; index < code.length; index++) {
    const token = code[index];
    if (token === undefined) break;
    if (token.first && depth === 0 && index > at && token.column <= margin) return index;
    if (token.kind === 'mark' && '([{'.includes(token.text)) depth += 1;
    if (token.kind === 'mark' && ')]}'.includes(token.text)) depth -= 1;
  }
  return code.length;
}

function marginOf(code: readonly Token[], at: number): number {
  for (let index = at; index >= 0; index--) if (code[index]?.first === true) return code[index]?.column ?? 0;
  return 0;
}

function decoratorsBefore(code: readonly Token[], at: number): number {
  const start = isWord(code[at - 1], 'async') ? at - 1 : at;
  const margin = code[start]?.column ?? 0;
  let from = start;
  for (let index = start - 1; index >= 0; index--) {
    const token = code[index];
    if (token?.first !== true || token.column > margin) continue;
    if (token.column < margin) break;
    if (isMark(token, '@')) from = index;
    else if (!isMark(token, ')') && !isMark(token, ']')) break;
  }
  return from;
}

function skipIn(tokens: readonly Token[]): TestDeclaration['skipped'] {
  const word = tokens.find(
    (token, at) =>
      isWord(token, 'skip', 'skipif', 'skipIf', 'skipUnless', 'xfail', 'expectedFailure') &&
      (isMark(tokens[at - 1], '.') || isMark(tokens[at - 1], '@')),
  );
  if (word === undefined) return undefined;
  const open = tokens.indexOf(word) + 1;
  const condition = isMark(tokens[open], '(') ? (splitAtCommas(tokens.slice(open + 1, closingOf(tokens, open)))[0] ?? []) : [];
  const free =
    /^skip(?:if|If|Unless)$/.test(word.text) && condition.some((each) => each.kind === 'word' && !isWord(each, 'True', 'False'));
  return { line: word.line, how: word.text, ...(free && { conditional: true }) };
}

function testOf(
  tokens: readonly Token[],
  { path, helpers, skipped, line, def }: Around & { line: number; def: number },
): TestDeclaration {
  const body = tokens.slice(def);
  const inside = body.find(
    (token, at) =>
      isWord(token, 'skip', 'skipTest', 'xfail', 'exit') &&
      isMark(body[at - 1], '.') &&
      isWord(body[at - 2], 'pytest', 'self') &&
      isMark(body[at + 1], '('),
  );
  // What is skipped under a condition is left to it.
  const skip =
    skipped ?? (inside !== undefined && isUnconditional(body, inside) ? { line: inside.line, how: inside.text } : undefined);
  return { name: path.join(' > '), line, ...(skip && { skipped: skip }), assertions: assertionsIn(body, helpers), body: tokens };
}

function isUnconditional(body: readonly Token[], token: Token): boolean {
  const first = body.find((each) => each.first && each.line > (body[0]?.line ?? 0));
  const own = body.find((each) => each.first && each.line === token.line);
  return first !== undefined && own !== undefined && own.column === first.column;
}

function assertionsIn(body: readonly Token[], helpers: ReadonlySet<string>): Assertion[] {
  const found: Assertion[] = [];
  const dead = deadLines(body);
  for (let at = 0; at < body.length; at++) {
    const assertion = assertionAt(body, at, helpers);
    if (assertion === undefined) continue;
    const reason = assertion.dead ?? dead.find(({ from, to }) => assertion.line >= from && assertion.line <= to)?.why;
    found.push({ ...assertion, ...(reason !== undefined && { dead: reason }) });
  }
  return found;
}

const UNITTEST: readonly (readonly [RegExp, number])[] = [
  [/^assert(?:IsNotNone|NotEqual|NotIn|IsNot|NotIsInstance)$/, STRENGTH.presence],
  [/^assert(?:Greater|Less|IsInstance|Raises$)/, STRENGTH.range],
  [/^assert(?:AlmostEqual|In$|Regex|Raises)/, STRENGTH.shape],
  [/^assert/, STRENGTH.exact],
];

function assertionAt(body: readonly Token[], at: number, helpers: ReadonlySet<string>): Assertion | undefined {
  const token = body[at];
  if (token?.kind !== 'word') return undefined;
  const { line, text } = token;
  if (text === 'assert' && token.first) {
    const [condition = []] = splitAtCommas(logicalLine(body, at + 1));
    return conditionOf(condition, line);
  }
  if (!isMark(body[at + 1], '(')) return undefined;
  const args = splitAtCommas(body.slice(at + 2, closingOf(body, at + 1)));
  const [subject = [], expected = []] = args;
  if (isMark(body[at - 1], '.') && isWord(body[at - 2], 'pytest') && (text === 'raises' || text === 'warns')) {
    const broad = isWord(subject[0], 'Exception', 'BaseException') && subject.length === 1;
    return made(`pytest.${text}`, broad ? STRENGTH.presence : args.length > 1 ? STRENGTH.exact : STRENGTH.shape, {
      line,
      subject: [],
      expected: args.flat(),
    });
  }
  if (isMark(body[at - 1], '.') && /^assert_\w+$/.test(text)) {
    const strength = /with$|has_calls$/.test(text)
      ? STRENGTH.exact
      : text.includes('once') || text.startsWith('assert_not')
        ? STRENGTH.shape
        : STRENGTH.presence;
    return made(text, strength, { line, subject: body.slice(at - 2, at - 1), expected: args.flat() });
  }
  if (isWord(body[at - 2], 'self') && /^assert(?:True|False)$/.test(text)) {
    const condition = conditionOf(subject, line);
    return { ...condition, matcher: `${text} ${condition.matcher}` };
  }
  if (isWord(body[at - 2], 'self') && text.startsWith('assert')) {
    return made(text, UNITTEST.find(([pattern]) => pattern.test(text))?.[1] ?? STRENGTH.shape, { line, subject, expected });
  }
  if (helpers.has(text) || /^(?:assert|expect|check|verify)_\w+$/.test(text)) {
    return helperCall(text, line, args.flat());
  }
  return undefined;
}

/** Up to the end of the statement: a new line outside of brackets. */
function logicalLine(body: readonly Token[], from: number): Token[] {
  let depth = 0;
  let end = from;
  for (; end < body.length; end++) {
    const token = body[end];
    if (token?.first === true && depth === 0) break;
    if (token?.kind === 'mark' && '([{'.includes(token.text)) depth += 1;
    if (token?.kind === 'mark' && ')]}'.includes(token.text)) depth -= 1;
  }
  return body.slice(from, end);
}

function helpersOf(code: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (let at = 0; at < code.length; at++) {
    const name = code[at + 1]?.text ?? '';
    if (!isWord(code[at], 'def') || name.startsWith('test')) continue;
    const inside = code.slice(at, endOfBlock(code, at));
    if (inside.some((token) => isWord(token, 'assert') || token.text.startsWith('assert'))) names.add(name);
  }
  return names;
}

interface DeadLines {
  from: number;
  to: number;
  why: string;
}

function deadLines(body: readonly Token[]): DeadLines[] {
  const found: DeadLines[] = [];
  const last = body.at(-1)?.line ?? 0;
  const margin = body.find((token) => token.first && token.line > (body[0]?.line ?? 0))?.column;
  for (let at = 0; at < body.length; at++) {
    const token = body[at];
    if (token?.first !== true) continue;
    const end = () => body[endOfBlock(body, at) - 1]?.line ?? last;
    if (isWord(token, 'try') && isForgiving(body, endOfBlock(body, at)))
      found.push({ from: token.line, to: end(), why: 'its failure is caught and forgotten' });
    if (isWord(token, 'if') && (isWord(body[at + 1], 'False') || body[at + 1]?.text === '0'))
      found.push({ from: token.line, to: end(), why: 'its condition never holds' });
    if (isWord(token, 'with') && textOf(body.slice(at, at + 5)).includes('suppress'))
      found.push({ from: token.line, to: end(), why: 'its failure is caught and forgotten' });
    if (isWord(token, 'return') && token.column === margin)
      found.push({ from: token.line + 1, to: last, why: 'the test has returned before it' });
  }
  return found;
}

/** An `except` that catches failures of assertions, and does nothing about them. */
function isForgiving(body: readonly Token[], at: number): boolean {
  if (!isWord(body[at], 'except')) return false;
  const colon = body.findIndex((token, index) => index > at && isMark(token, ':'));
  const caught = body.slice(at + 1, colon).map(({ text }) => text);
  if (caught.length > 0 && !caught.some((name) => /^(?:Exception|BaseException|AssertionError)$/.test(name))) return false;
  return !body.slice(colon, endOfBlock(body, at)).some((token) => isWord(token, 'raise', 'assert', 'fail'));
}
