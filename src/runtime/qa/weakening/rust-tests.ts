import { conditionOf, made } from './condition.ts';
import { type Assertion, type SourceTests, STRENGTH, type TestDeclaration } from './source-tests.ts';
import { closingOf, isMark, isWord, splitAtCommas, type Token, tokenize } from './tokens.ts';

/** Tests of Rust: functions with an attribute that ends in `test`. */
export function rustTests(text: string): SourceTests {
  const code = tokenize(text, 'rust').filter(({ kind }) => kind !== 'comment');
  const tests: TestDeclaration[] = [];
  const off = code.find(
    (token, at) => isWord(token, 'cfg') && isMark(code[at + 1], '(') && isWord(code[at + 2], 'any') && isMark(code[at + 4], ')'),
  );
  let from: number | undefined;
  for (let at = 0; at < code.length; at++) {
    if (isMark(code[at], '#') && isMark(code[at + 1], '[')) {
      from ??= at;
      at = closingOf(code, at + 1);
      continue;
    }
    if (isWord(code[at], 'fn') && from !== undefined) {
      const attributes = code.slice(from, at);
      const open = code.findIndex((token, index) => index > at && isMark(token, '{'));
      const end = closingOf(code, open);
      if (
        attributes.some(
          (token, index) => (isWord(token, 'test') && isMark(attributes[index + 1], ']')) || isWord(token, 'rstest', 'test_case'),
        )
      )
        tests.push(testOf(code[at + 1]?.text ?? '', { attributes, body: code.slice(at, end), ...(off && { off }) }));
      at = open;
      from = undefined;
    } else if (!isWord(code[at], 'pub', 'async', 'unsafe', 'const', 'extern')) from = undefined;
  }
  return { language: 'rust', tests, code };
}

function testOf(
  name: string,
  { attributes, body, off }: { attributes: readonly Token[]; body: readonly Token[]; off?: Token },
): TestDeclaration {
  const ignored =
    attributes.find(
      (token, at) => isWord(token, 'ignore') && (isMark(attributes[at - 1], '[') || isMark(attributes[at - 1], ',')),
    ) ?? off;
  const panics = attributes.findIndex((token) => isWord(token, 'should_panic'));
  const panic = attributes[panics];
  const expected =
    panic === undefined || !isMark(attributes[panics + 1], '(')
      ? []
      : attributes.slice(panics + 2, closingOf(attributes, panics + 1));
  const own =
    panic === undefined
      ? []
      : [
          made('should_panic', expected.length > 0 ? STRENGTH.shape : STRENGTH.range, {
            line: panic.line,
            subject: [],
            expected,
          }),
        ];
  return {
    name,
    line: body[0]?.line ?? 0,
    ...(ignored && { skipped: { line: ignored.line, how: isWord(ignored, 'ignore') ? '#[ignore]' : '#[cfg(any())]' } }),
    assertions: [...own, ...assertionsIn(body)],
    body: [...attributes, ...body],
  };
}

function assertionsIn(body: readonly Token[]): Assertion[] {
  const returned = body.findIndex((token, at) => isWord(token, 'return') && isMark(body[at + 1], ';'));
  const caught = body.findIndex((token) => isWord(token, 'catch_unwind'));
  return body.flatMap((token, at): Assertion[] => {
    if (token.kind !== 'word' || !/^(?:debug_|prop_)?assert/.test(token.text) || !isMark(body[at + 1], '!')) return [];
    const assertion = macroOf(body, at);
    const dead =
      assertion.dead ??
      (returned !== -1 && at > returned
        ? 'the test has returned before it'
        : caught !== -1 && at > caught
          ? 'its failure is caught and forgotten'
          : undefined);
    return [{ ...assertion, ...(dead !== undefined && { dead }) }];
  });
}

function macroOf(body: readonly Token[], at: number): Assertion {
  const name = body[at]?.text.replace(/^(?:debug_|prop_)/, '') ?? '';
  const line = body[at]?.line ?? 0;
  const [first = [], second = []] = splitAtCommas(body.slice(at + 3, closingOf(body, at + 2)));
  if (name === 'assert') {
    const condition = conditionOf(first, line);
    const matches = first.some((token) => isWord(token, 'matches'));
    return matches
      ? { ...condition, strength: first.some((token) => isWord(token, '_')) ? STRENGTH.range : STRENGTH.shape }
      : condition;
  }
  const strength = name === 'assert_ne' ? STRENGTH.presence : name === 'assert_matches' ? STRENGTH.shape : STRENGTH.exact;
  return made(`${name}!`, strength, { line, subject: first, expected: second });
}
