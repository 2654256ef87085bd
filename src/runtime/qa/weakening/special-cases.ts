import type { Finding } from '../report.ts';
import { readSource } from './read-source.ts';
import type { SourceTests } from './source-tests.ts';
import { isTestPath } from './test-paths.ts';
import { closingOf, isMark, isWord, literalsOf, splitAtCommas, type Token, tokenize, languageOf } from './tokens.ts';
import { addedLines, changedPaths, type Trees } from './trees.ts';

/** What a test puts in, and what it wants back. */
interface Example {
  inputs: ReadonlySet<string>;
  outcome: string;
}

/** Values that any code may treat in a way of their own. */
const USUAL = new Set(['0', '1', '-1', '2', '10', '100', '""', 'null', 'none', 'nil', 'true', 'false']);

const TEST_WORLD =
  /NODE_ENV['"\]]*\s*={2,3}\s*['"]test['"]|['"]test['"]\s*={2,3}\s*process\.env|\bJEST_WORKER_ID\b|process\.env(?:\.|\[['"])VITEST|\bPYTEST_CURRENT_TEST\b|['"](?:pytest|unittest)['"]\s+in\s+sys\.modules|\btesting\.Testing\(\)|\bcfg!\(test\)|\bos\.Args\[0\].*\.test\b|\bNODE_TEST_CONTEXT\b|import\.meta\.vitest\s*\?/;

/** Product code that answers the very examples of the tests, or looks whether it is being tested. */
export function findSpecialCases(trees: Trees, tests: ReadonlyMap<string, SourceTests>): Finding[] {
  const examples = [...tests.values()].flatMap(examplesOf);
  return changedPaths(trees).flatMap((path): Finding[] => {
    const after = trees.after.get(path);
    if (after === undefined || isTestPath(path) || languageOf(path) === undefined) return [];
    const before = trees.before.get(path);
    const added = addedLines(before, after);
    const worlds = added
      .filter(({ text }) => TEST_WORLD.test(text))
      .map(({ line }): Finding => ({
        code: 'QA_SPECIAL_CASED',
        path,
        line,
        message: 'The code looks whether it is being tested.',
      }));
    return [...worlds, ...hardCoded(path, { before, after, lines: new Set(added.map(({ line }) => line)), examples })];
  });
}

function examplesOf({ tests }: SourceTests): Example[] {
  return tests.flatMap(({ assertions, body }) => [
    ...assertions.flatMap(({ inputs, outcomes }): Example[] => {
      const [outcome] = outcomes;
      const given = inputs.length > 0 ? inputs : literalsOf(body).filter((each) => each !== outcome);
      return outcome === undefined || outcomes.length > 1 ? [] : [{ inputs: new Set(given), outcome }];
    }),
    ...tableRows(body),
  ]);
}

/** Rows of a table of cases: brackets with nothing but values in them, of which the last is what is wanted. */
function tableRows(body: readonly Token[]): Example[] {
  return body.flatMap((token, at): Example[] => {
    if (!isMark(token, '[') && !isMark(token, '(') && !isMark(token, '{')) return [];
    if (body[at - 1]?.kind === 'word' && !isWord(body[at - 1], 'return')) return [];
    const inside = body.slice(at + 1, closingOf(body, at));
    const values = literalsOf(inside);
    const plain = inside.every(
      (each, index) =>
        each.kind !== 'word' || /^(?:true|false|True|False|null|None|nil)$/.test(each.text) || isMark(inside[index + 1], ':'),
    );
    const outcome = values.at(-1);
    return plain && values.length > 1 && splitAtCommas(inside).length > 1 && outcome !== undefined
      ? [{ inputs: new Set(values.slice(0, -1)), outcome }]
      : [];
  });
}

interface Code {
  before: string | undefined;
  after: string;
  lines: ReadonlySet<number>;
  examples: readonly Example[];
}

interface Case {
  token: Token;
  input: string;
  outcome: string;
}

function hardCoded(path: string, { before, after, lines, examples }: Code): Finding[] {
  const language = languageOf(path);
  if (language === undefined) return [];
  const all = readSource(path, after)?.code ?? [];
  const code = all.filter(({ line }) => lines.has(line));
  const old = before === undefined ? [] : tokenize(before, language).filter(({ kind }) => kind !== 'comment');
  const declared = declaredNames(old);
  const cases = casesIn(code);
  const hit = ({ input, outcome }: Case) => examples.some((example) => example.outcome === outcome && example.inputs.has(input));
  const known = new Set(literalsOf(old));
  const found = cases.filter((each) => {
    if (!hit(each) || USUAL.has(each.input)) return false;
    const within = enclosing(all, each.token);
    // A function that computed its answer and now has one ready; or a new one that has nothing but answers ready.
    if (within !== undefined && declared.has(within.name)) return !known.has(each.input);
    const siblings = cases.filter((other) => enclosing(all, other.token)?.name === within?.name);
    return /^-?\d/.test(each.outcome) && siblings.every(hit) && !computes(within?.body ?? []);
  });
  const special = found.map(({ token, input, outcome }): Finding => ({
    code: 'QA_SPECIAL_CASED',
    path,
    line: token.line,
    message: `For ${input}, which a test puts in, ${outcome} is given back, which that test wants.`,
  }));
  return [...special, ...constants(path, { all, old, lines, examples })];
}

/** `if (n === 5) return 120`, `case 5: return 120`, `5 => 120`, `{ 5: 120 }`: a literal, and what it leads to. */
function casesIn(code: readonly Token[]): Case[] {
  return code.flatMap((token, at): Case[] => {
    const [input] = valueAt(code, at);
    if (input === undefined || !isCompared(code, at)) return [];
    for (let next = at + 1; next < Math.min(code.length, at + 16); next++) {
      const [outcome] = valueAt(code, next);
      const each = code[next];
      if (each === undefined) break;
      if (outcome !== undefined && leadsTo(code, at, next)) return [{ token, input, outcome }];
      if (each.kind === 'mark' && !BETWEEN.has(each.text)) break;
    }
    return [];
  });
}

const BETWEEN = new Set([')', '{', ':', '=>', '?', '(', '&&', '==', '===', '-', ',', '[', ']', '.']);
const LEADING = new Set(['=>', '?', ':']);

function valueAt(code: readonly Token[], at: number): string[] {
  const token = code[at];
  if (token === undefined || (token.kind !== 'number' && token.kind !== 'string')) return [];
  return literalsOf(code.slice(Math.max(0, at - 2), at + 1)).slice(-1);
}

function isCompared(code: readonly Token[], at: number): boolean {
  const before = isMark(code[at - 1], '-') ? code[at - 2] : code[at - 1];
  if (['==', '===', '{', ',', '|', '['].some((mark) => isMark(before, mark)) || isWord(before, 'case', 'is')) return true;
  return isMark(code[at + 1], '==') || isMark(code[at + 1], '===') || isMark(code[at + 1], '=>');
}

function leadsTo(code: readonly Token[], from: number, to: number): boolean {
  const between = code.slice(from + 1, to);
  return between.some((token) => isWord(token, 'return') || (token.kind === 'mark' && LEADING.has(token.text)));
}

/** Names of functions, and of what holds one. */
function declaredNames(code: readonly Token[]): Set<string> {
  return new Set(code.flatMap((token, at) => (isDeclaration(code, at) ? [token.text] : [])));
}

function isDeclaration(code: readonly Token[], at: number): boolean {
  const token = code[at];
  if (token?.kind !== 'word') return false;
  if (isWord(code[at - 1], 'function', 'def', 'func', 'fn')) return true;
  if (isMark(code[at - 1], ')') && isMark(code[at + 1], '(') && isWord(code[closeless(code, at - 1) - 1], 'func')) return true;
  if (isWord(code[at - 1], 'const', 'let', 'var') && isMark(code[at + 1], '='))
    return isMark(code[at + 2], '(') || isWord(code[at + 2], 'function', 'async') || isMark(code[at + 3], '=>');
  if (!isMark(code[at + 1], '(') || isWord(token, 'if', 'for', 'while', 'switch', 'catch', 'return', 'match')) return false;
  const close = closingOf(code, at + 1);
  return token.first && (isMark(code[close + 1], '{') || isMark(code[close + 1], ':')) && !isMark(code[at - 1], '.');
}

function closeless(code: readonly Token[], close: number): number {
  let at = close;
  while (at > 0 && !isMark(code[at], '(')) at -= 1;
  return at;
}

/** The function around a token, as far as the nearest declaration before it tells. */
function enclosing(code: readonly Token[], token: Token): { name: string; body: readonly Token[] } | undefined {
  const at = code.indexOf(token);
  for (let index = at; index >= 0; index--) {
    if (!isDeclaration(code, index)) continue;
    const open = code.findIndex((each, next) => next > index && (isMark(each, '{') || isMark(each, ':') || isMark(each, '=>')));
    const end = isMark(code[open], '{')
      ? closingOf(code, open)
      : code.findIndex((_, next) => next > at && isDeclaration(code, next));
    return { name: code[index]?.text ?? '', body: code.slice(open, end === -1 ? code.length : end) };
  }
  return undefined;
}

/** Whether anything in a body is worked out. */
function computes(body: readonly Token[]): boolean {
  return body.some(
    (token, at) =>
      (token.kind === 'mark' && /^(?:\*|\/|%|\*\*|\+=|\*=)$/.test(token.text)) ||
      (isMark(token, '+') && at > 0) ||
      isWord(token, 'for', 'while', 'reduce', 'map'),
  );
}

/** Functions of which nothing is left but the answer that a test wants. */
function constants(
  path: string,
  {
    all,
    old,
    lines,
    examples,
  }: { all: readonly Token[]; old: readonly Token[]; lines: ReadonlySet<number>; examples: readonly Example[] },
): Finding[] {
  const before = new Map(constantFunctions(old).map(({ name }) => [name, true]));
  const declared = declaredNames(old);
  return constantFunctions(all).flatMap(({ name, value, line }): Finding[] => {
    const wanted = examples.some(({ outcome }) => outcome === value);
    const fresh = !declared.has(name);
    if (!lines.has(line) || !wanted || before.has(name) || (fresh && USUAL.has(value))) return [];
    return [
      { code: 'QA_SPECIAL_CASED', path, line, message: `\`${name}\` gives back ${value} whatever is put in: what a test wants.` },
    ];
  });
}

function constantFunctions(code: readonly Token[]): { name: string; value: string; line: number }[] {
  return code.flatMap((token, at) => {
    if (!isDeclaration(code, at)) return [];
    const open = code.findIndex((each, index) => index > at && isMark(each, '('));
    const close = closingOf(code, open);
    const taken = code.slice(open + 1, close).filter((each) => each.kind === 'word' && !isWord(each, 'self', 'mut', 'cls'));
    if (open === -1 || taken.length === 0) return [];
    const value = bodyValue(code, close + 1);
    return value === undefined ? [] : [{ name: token.text, ...value }];
  });
}

/** The literal that is all there is to a body, behind the result's type. */
function bodyValue(code: readonly Token[], from: number): { value: string; line: number } | undefined {
  let at = from;
  while (
    at < Math.min(code.length, from + 12) &&
    !isMark(code[at], '{') &&
    !isMark(code[at], '=>') &&
    !(isMark(code[at], ':') && code[at + 1]?.first === true)
  )
    at += 1;
  let start = at + 1;
  if (isMark(code[at], '=>') && isMark(code[start], '{')) start += 1;
  if (code[start]?.kind === 'string' && code[start]?.first === true && isWord(code[start + 1], 'return')) start += 1;
  if (isWord(code[start], 'return')) start += 1;
  if (isMark(code[start], '-')) start += 1;
  const token = code[start];
  const [value] =
    token === undefined
      ? []
      : isWord(token, 'true', 'false', 'True', 'False', 'null', 'None', 'nil')
        ? [token.text.toLowerCase()]
        : valueAt(code, start);
  if (token === undefined || value === undefined) return undefined;
  const end = code[start + 1];
  const over = end === undefined || isMark(end, '}') || isMark(end, ';') || end.first;
  const closed = isMark(end, ';') ? code[start + 2] : end;
  const only =
    isMark(code[at], '{') || isMark(code[at], '=>')
      ? over && (closed === undefined || isMark(closed, '}') || isMark(code[at], '=>'))
      : over && (end === undefined || end.column === 0 || isWord(end, 'def', 'class', '@'));
  return only ? { value, line: token.line } : undefined;
}
