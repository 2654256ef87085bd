import { conditionOf, helperCall, made } from './condition.ts';
import { type Assertion, type SourceTests, STRENGTH, type TestDeclaration } from './source-tests.ts';
import { closingOf, isMark, isWord, outermost, splitAtCommas, textOf, type Token, tokenize } from './tokens.ts';

const SUITES = ['describe', 'suite', 'context', 'fdescribe', 'xdescribe'];
const TESTS = ['it', 'test', 'specify', 'fit', 'xit', 'xtest'];
const SKIPPING = ['skip', 'todo', 'skipIf', 'runIf', 'fails', 'failing', 'fixme'];

/** Tests of Jest, Vitest, node:test, Mocha and whatever else registers them by `test(…)` or `it(…)`. */
export function javascriptTests(text: string): SourceTests {
  const code = tokenize(text, 'javascript').filter(({ kind }) => kind !== 'comment');
  const helpers = helpersOf(code);
  const tests = declared(code, { path: [], helpers });
  return { language: 'javascript', tests, code };
}

interface Around {
  path: readonly string[];
  helpers: ReadonlySet<string>;
  skipped?: TestDeclaration['skipped'];
  focused?: TestDeclaration['focused'];
}

function declared(code: readonly Token[], around: Around): TestDeclaration[] {
  const found: TestDeclaration[] = [];
  for (let at = 0; at < code.length; at++) {
    const call = callAt(code, at);
    if (call === undefined) continue;
    const args = splitAtCommas(code.slice(call.open + 1, call.close));
    const name = textOf(args[0] ?? []).replace(/^"(.*)"$/, '$1');
    const state = { ...around, ...stateOf(call, args) };
    const path = [...around.path, name];
    if (SUITES.includes(call.name)) found.push(...declared(code.slice(call.open + 1, call.close), { ...state, path }));
    else found.push(testOf(code.slice(at, call.close), { ...state, path, line: code[at]?.line ?? 0, from: call.open - at + 1 }));
    at = call.close;
  }
  return found;
}

interface Call {
  name: string;
  /** What stands before the arguments: a table of cases, or a condition. */
  before: readonly Token[];
  modifiers: readonly Token[];
  open: number;
  close: number;
}

/** `test(`, `it.skip(`, `describe.each([…])(`: the arguments are those of the last call. */
function callAt(code: readonly Token[], at: number): Call | undefined {
  const head = code[at];
  if (head === undefined || !isWord(head, ...SUITES, ...TESTS) || isMark(code[at - 1], '.') || isWord(code[at - 1], 'function'))
    return undefined;
  const modifiers: Token[] = [];
  let open = at + 1;
  while (isMark(code[open], '.') && code[open + 1]?.kind === 'word') {
    const modifier = code[open + 1];
    if (modifier !== undefined) modifiers.push(modifier);
    open += 2;
  }
  const start = open;
  if (isMark(code[open], '(') && modifiers.some((word) => isWord(word, 'each', 'for', 'skipIf', 'runIf')))
    open = closingOf(code, open) + 1;
  else if (code[open]?.kind === 'string' && modifiers.length > 0) open += 1;
  if (!isMark(code[open], '(')) return undefined;
  return {
    name: head.text,
    before: code.slice(start + 1, open - 1),
    modifiers: [{ ...head }, ...modifiers],
    open,
    close: closingOf(code, open),
  };
}

function stateOf({ modifiers, before }: Call, args: readonly (readonly Token[])[]): Pick<Around, 'skipped' | 'focused'> {
  const skip = modifiers.find((word, at) => (at === 0 ? word.text.startsWith('x') : SKIPPING.includes(word.text)));
  const only = modifiers.find((word, at) => (at === 0 ? /^f(?:it|describe)$/.test(word.text) : word.text === 'only'));
  const options = args.slice(1).find((arg) => isMark(arg[0], '{')) ?? [];
  const option = (names: readonly string[]) =>
    options.find((word, at) => isWord(word, ...names) && isMark(options[at + 1], ':') && !isWord(options[at + 2], 'false'));
  const skipped = skip ?? option(['skip', 'todo']);
  const focused = only ?? option(['only']);
  return {
    ...(skipped && { skipped: { line: skipped.line, how: skipped.text, ...conditionOn(skipped, before) } }),
    ...(focused && { focused: { line: focused.line, how: focused.text } }),
  };
}

/** Whether it is for a condition to say, and one that can go either way. */
function conditionOn(word: Token, before: readonly Token[]): { conditional?: boolean } {
  return isWord(word, 'skipIf', 'runIf') && before.some((each) => each.kind === 'word' && !isWord(each, 'true', 'false'))
    ? { conditional: true }
    : {};
}

function testOf(
  body: readonly Token[],
  { path, helpers, skipped, focused, line, from }: Around & { line: number; from: number },
): TestDeclaration {
  const inner = body.find(
    (token, at) =>
      at > from &&
      isWord(token, 'skip', 'todo') &&
      isMark(body[at - 1], '.') &&
      isWord(body[at - 2], 't', 'ctx', 'context', 'this', 'test') &&
      isMark(body[at + 1], '('),
  );
  const skip = skipped ?? (inner && { line: inner.line, how: inner.text });
  return {
    name: path.join(' > '),
    line,
    ...(skip && { skipped: skip }),
    ...(focused && { focused }),
    assertions: assertionsIn(body, helpers),
    body,
  };
}

function assertionsIn(body: readonly Token[], helpers: ReadonlySet<string>): Assertion[] {
  const found: Assertion[] = [];
  const dead = deadRanges(body);
  for (let at = 0; at < body.length; at++) {
    const read = expectAt(body, at) ?? assertAt(body, at) ?? helperAt(body, at, helpers);
    if (read === undefined) continue;
    const reason = read.assertion.dead ?? dead.find(({ from, to }) => at > from && at < to)?.why;
    found.push({ ...read.assertion, ...(reason !== undefined && { dead: reason }) });
    at = read.end;
  }
  return found;
}

interface Read {
  assertion: Assertion;
  end: number;
}

const EXACT =
  /^(?:toBe|toEqual|toStrictEqual|toBeNull|toBeUndefined|toBeNaN|toBeTrue|toBeFalse|toHaveLength|toHaveBeenCalledWith|toHaveBeenLastCalledWith|toHaveBeenNthCalledWith|toHaveReturnedWith|toMatchInlineSnapshot|toHaveTextContent|toHaveValue|equals?|strictEqual|deepStrictEqual|deepEqual|same|eql?|is|true|false|null|undefined|lengthOf|snapshot)$/;
const SHAPE =
  /^(?:toMatchObject|toContain|toContainEqual|toMatch|toBeCloseTo|toHaveBeenCalledTimes|toMatchSnapshot|toMatchFileSnapshot|toThrowErrorMatching\w+|toHaveProperty|toSatisfy|include|contains?|match|closeTo|property|keys|members|partialDeepStrictEqual|like)$/;
const RANGE =
  /^(?:toBeGreaterThan\w*|toBeLessThan\w*|toBeInstanceOf|toBeTypeOf|toThrow|toThrowError|throws?|rejects|above|below|least|most|instanceof|instanceOf|an?|within|greaterThan|lessThan)$/;
const PRESENCE =
  /^(?:toBeTruthy|toBeFalsy|toBeDefined|toHaveBeenCalled|toHaveReturned|ok|truthy|falsy|exists?|not\w+|doesNot\w+|assertions|hasAssertions|toBeInTheDocument|pass|isOk|isDefined)$/;

function strengthOf(matcher: string, negated: boolean): number {
  if (PRESENCE.test(matcher)) return STRENGTH.presence;
  if (negated) return STRENGTH.presence;
  if (EXACT.test(matcher)) return STRENGTH.exact;
  if (RANGE.test(matcher)) return STRENGTH.range;
  return SHAPE.test(matcher) ? STRENGTH.shape : STRENGTH.shape;
}

/** `expect(a).not.toBe(b)`, `expect(a).to.equal(b)`, and the `.expect(200)` of a chain. */
function expectAt(code: readonly Token[], at: number): Read | undefined {
  const line = code[at]?.line ?? 0;
  if (!isWord(code[at], 'expect')) return undefined;
  let open = at + 1;
  if (isMark(code[open], '.') && isWord(code[open + 1], 'soft', 'poll')) open += 2;
  if (isMark(code[open], '.') && isWord(code[open + 1], 'assertions', 'hasAssertions') && isMark(code[open + 2], '(')) {
    const close = closingOf(code, open + 2);
    return {
      assertion: made('assertions', STRENGTH.presence, { line, subject: [], expected: code.slice(open + 3, close) }),
      end: close,
    };
  }
  if (!isMark(code[open], '(')) return undefined;
  const close = closingOf(code, open);
  const subject = code.slice(open + 1, close);
  if (isMark(code[at - 1], '.'))
    return { assertion: made('expect', STRENGTH.exact, { line, subject: [], expected: subject }), end: close };
  const chain = chainAfter(code, close);
  if (chain.words.length === 0) return undefined;
  const negated = chain.words.includes('not');
  const matcher = chain.words.findLast((word) => !FILLERS.has(word)) ?? '';
  const assertion = made(matcher, strengthFor(matcher, { negated, expected: chain.args }), {
    line,
    subject,
    expected: chain.args,
  });
  const later = chain.words.some((word) => word === 'resolves' || word === 'rejects') && !isAwaited(code, at);
  return {
    assertion: { ...assertion, matcher: negated ? `not.${matcher}` : matcher, ...(later && { dead: 'nobody waits for it' }) },
    end: chain.end,
  };
}

const FILLERS = new Set([
  'not',
  'to',
  'be',
  'been',
  'and',
  'that',
  'which',
  'with',
  'at',
  'of',
  'have',
  'has',
  'deep',
  'resolves',
  'rejects',
  'does',
  'is',
]);

/** What is thrown, or what a property is, may be said or left open. */
function strengthFor(matcher: string, { negated, expected }: { negated: boolean; expected: readonly Token[] }): number {
  if (/^toThrow(?:Error)?$/.test(matcher) && !negated) return expected.length > 0 ? STRENGTH.shape : STRENGTH.range;
  if (matcher === 'toHaveProperty' && !negated) return outermost(expected, [',']) === -1 ? STRENGTH.range : STRENGTH.exact;
  return strengthOf(matcher, negated);
}

function isAwaited(code: readonly Token[], at: number): boolean {
  const before = code[at - 1];
  return isWord(before, 'await', 'return') || ['=>', '(', ',', '['].some((mark) => isMark(before, mark));
}

/** The members after a call, up to the last one that is called with something or ends it. */
function chainAfter(code: readonly Token[], close: number): { words: string[]; args: Token[]; end: number } {
  const words: string[] = [];
  let args: Token[] = [];
  let end = close;
  while (isMark(code[end + 1], '.') && code[end + 2]?.kind === 'word') {
    words.push(code[end + 2]?.text ?? '');
    end += 2;
    if (!isMark(code[end + 1], '(')) continue;
    const closed = closingOf(code, end + 1);
    args = code.slice(end + 2, closed);
    end = closed;
  }
  return { words, args, end };
}

const TAP =
  /^(?:is|not|deepEqual|equal|same|strictSame|true|false|truthy|falsy|throws|rejects|regex|match|like|ok|notOk|snapshot)$/;

/** `assert(a)`, `assert.equal(a, b)`, `t.assert.ok(a)`, `t.is(a, b)`. */
function assertAt(code: readonly Token[], at: number): Read | undefined {
  const line = code[at]?.line ?? 0;
  const own = isWord(code[at], 't') && isMark(code[at + 1], '.') && TAP.test(code[at + 2]?.text ?? '');
  if (!own && !isWord(code[at], 'assert')) return undefined;
  if (isMark(code[at + 1], '(')) {
    const close = closingOf(code, at + 1);
    const [condition = []] = splitAtCommas(code.slice(at + 2, close));
    return { assertion: conditionOf(condition, line), end: close };
  }
  let open = at + 1;
  let matcher = '';
  while (isMark(code[open], '.') && code[open + 1]?.kind === 'word') {
    matcher = code[open + 1]?.text ?? '';
    open += 2;
  }
  if (!isMark(code[open], '(') || matcher === '') return undefined;
  const close = closingOf(code, open);
  const [subject = [], ...rest] = splitAtCommas(code.slice(open + 1, close));
  if (matcher === 'ok') return { assertion: conditionOf(subject, line), end: close };
  const expected = PRESENCE.test(matcher) && !matcher.startsWith('not') ? [] : (rest[0] ?? []);
  return { assertion: made(matcher, strengthOf(matcher, false), { line, subject, expected }), end: close };
}

function helperAt(code: readonly Token[], at: number, helpers: ReadonlySet<string>): Read | undefined {
  const name = code[at];
  if (name?.kind !== 'word' || !isMark(code[at + 1], '(') || isWord(code[at - 1], 'function')) return undefined;
  if (!helpers.has(name.text) && !/^(?:assert|expect|check|verify|should|ensure)[A-Z_]\w*$/.test(name.text)) return undefined;
  const close = closingOf(code, at + 1);
  const args = code.slice(at + 2, close);
  return {
    assertion: helperCall(name.text, name.line, args),
    end: close,
  };
}

/** Functions of the file that assert something, outside of its tests. */
function helpersOf(code: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (let at = 0; at < code.length; at++) {
    if (callAt(code, at) !== undefined) at = callAt(code, at)?.close ?? at;
    else if (isWord(code[at], 'function', 'const') && code[at + 1]?.kind === 'word') {
      if (bodyOf(code, at).some((token) => isWord(token, 'expect', 'assert'))) names.add(code[at + 1]?.text ?? '');
    }
  }
  return names;
}

/** The body of a function that is declared at `at`; nothing where something else is. */
function bodyOf(code: readonly Token[], at: number): readonly Token[] {
  const open = code.findIndex((token, index) => index > at && isMark(token, '('));
  const close = closingOf(code, open);
  const direct =
    isWord(code[at], 'function') || (isMark(code[at + 2], '=') && (open === at + 3 || isWord(code[at + 3], 'async', 'function')));
  if (open === -1 || !direct) return [];
  const start = code.findIndex((token, index) => index > close && (isMark(token, '{') || isMark(token, ';')));
  return isMark(code[start], '{') ? code.slice(start, closingOf(code, start)) : code.slice(close, start);
}

interface DeadRange {
  from: number;
  to: number;
  why: string;
}

/** Parts of a body whose assertions can say what they want: inside a `try` that forgives all, behind a `return`, under a condition that never holds. */
function deadRanges(body: readonly Token[]): DeadRange[] {
  const ranges: DeadRange[] = [];
  for (let at = 0; at < body.length; at++) {
    if (isWord(body[at], 'try') && isMark(body[at + 1], '{')) {
      const end = closingOf(body, at + 1);
      if (isWord(body[end + 1], 'catch') && isForgiving(body, end + 1))
        ranges.push({ from: at, to: end, why: 'its failure is caught and forgotten' });
    }
    if (isWord(body[at], 'if') && isMark(body[at + 1], '(') && isWord(body[at + 2], 'false')) {
      const open = closingOf(body, at + 1) + 1;
      ranges.push({ from: at, to: closingOf(body, open), why: 'its condition never holds' });
    }
    if (isWord(body[at], 'return') && depthOf(body, at) === 2 && (isMark(body[at + 1], ';') || body[at + 1]?.first === true)) {
      ranges.push({ from: at, to: body.length, why: 'the test has returned before it' });
    }
  }
  return ranges;
}

function isForgiving(body: readonly Token[], at: number): boolean {
  const open = isMark(body[at + 1], '(') ? closingOf(body, at + 1) + 1 : at + 1;
  if (!isMark(body[open], '{')) return false;
  const inside = body.slice(open, closingOf(body, open));
  return !inside.some((token) => isWord(token, 'throw', 'expect', 'assert', 'fail', 'done', 'reject', 't'));
}

/** How many brackets are open: the call of the test and its function make two. */
function depthOf(body: readonly Token[], end: number): number {
  let depth = 0;
  for (const token of body.slice(0, end)) {
    if (token.kind !== 'mark') continue;
    if (token.text === '(' || token.text === '[' || token.text === '{') depth += 1;
    else if (token.text === ')' || token.text === ']' || token.text === '}') depth -= 1;
  }
  return depth;
}
