/** A piece of source text. White space is left out. */
export interface Token {
  kind: 'word' | 'number' | 'string' | 'pattern' | 'mark' | 'comment';
  /** As written; of a string what is between its quotes. */
  text: string;
  line: number;
  column: number;
  /** Nothing stands before it on its line. */
  first: boolean;
  /** Where it stands in the text. */
  from: number;
  to: number;
}

export type Language = 'javascript' | 'python' | 'go' | 'rust';

const ENDINGS: readonly (readonly [RegExp, Language])[] = [
  [/(?<!\.d)\.[cm]?[jt]sx?$/, 'javascript'],
  [/\.py$/, 'python'],
  [/\.go$/, 'go'],
  [/\.rs$/, 'rust'],
];

export function languageOf(path: string): Language | undefined {
  return ENDINGS.find(([ending]) => ending.test(path))?.[1];
}

const MARKS = /===|!==|\.\.\.|\*\*=|<<=|>>=|=>|->|==|!=|<=|>=|&&|\|\||\?\?|\?\.|::|:=|\+\+|--|\+=|-=|\*=|\/=|\*\*|[^\s\w]/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /0[xob][\da-f_]+n?|(?:\d[\d_]*)(?:\.\d[\d_]*)?(?:e[+-]?\d+)?n?/iy;
/** Rust's types behind a number belong to it and say nothing of its value. */
const NUMBER_TYPE = /_?(?:[iu](?:8|16|32|64|128|size)|f32|f64)\b/y;

interface Rule {
  kind: Token['kind'];
  pattern: RegExp;
}

const LINE_COMMENT: Rule = { kind: 'comment', pattern: /\/\/[^\n]*/y };
const BLOCK_COMMENT: Rule = { kind: 'comment', pattern: /\/\*[\s\S]*?(?:\*\/|$)/y };
const DOUBLE: Rule = { kind: 'string', pattern: /"((?:[^"\\\n]|\\[\s\S])*)"?/y };
const SINGLE: Rule = { kind: 'string', pattern: /'((?:[^'\\\n]|\\[\s\S])*)'?/y };

const RULES: Record<Language, readonly Rule[]> = {
  javascript: [LINE_COMMENT, BLOCK_COMMENT, DOUBLE, SINGLE],
  python: [
    { kind: 'comment', pattern: /#[^\n]*/y },
    { kind: 'string', pattern: /(?:[rbfu]{1,2})?"""([\s\S]*?)(?:"""|$)/iy },
    { kind: 'string', pattern: /(?:[rbfu]{1,2})?'''([\s\S]*?)(?:'''|$)/iy },
    { kind: 'string', pattern: /(?:[rbfu]{1,2})?"((?:[^"\\\n]|\\[\s\S])*)"?/iy },
    { kind: 'string', pattern: /(?:[rbfu]{1,2})?'((?:[^'\\\n]|\\[\s\S])*)'?/iy },
  ],
  go: [LINE_COMMENT, BLOCK_COMMENT, DOUBLE, SINGLE, { kind: 'string', pattern: /`([^`]*)`?/y }],
  rust: [
    LINE_COMMENT,
    BLOCK_COMMENT,
    { kind: 'string', pattern: /b?r(#*)"([\s\S]*?)"\1/y },
    { kind: 'string', pattern: /b?"((?:[^"\\]|\\[\s\S])*)"?/y },
    { kind: 'string', pattern: /b?'((?:[^'\\\n]|\\(?:u\{[\da-f]+\}|x..|.)))'/iy },
  ],
};

/** The tokens of a source, in order. Never fails: what is no code of the language gives some tokens or other. */
export function tokenize(text: string, language: Language): Token[] {
  const tokens: Token[] = [];
  const source = { text, at: 0, line: 1, lineStart: 0 };
  while (source.at < text.length) {
    const space = /\s*/y;
    space.lastIndex = source.at;
    advance(source, space.exec(text)?.[0] ?? '');
    if (source.at >= text.length) break;
    const { line, at, lineStart } = source;
    const { kind, raw, content } = next(text, at, { language, last: lastCode(tokens) });
    const first = tokens.at(-1)?.line !== line && text.slice(lineStart, at).trim() === '';
    tokens.push({ kind, text: content, line, column: at - lineStart, first, from: at, to: at + raw.length });
    advance(source, raw);
  }
  return tokens;
}

function advance(source: { at: number; line: number; lineStart: number }, raw: string): void {
  for (let index = raw.indexOf('\n'); index !== -1; index = raw.indexOf('\n', index + 1)) {
    source.line += 1;
    source.lineStart = source.at + index + 1;
  }
  source.at += raw.length;
}

interface Piece {
  kind: Token['kind'];
  raw: string;
  content: string;
}

function next(text: string, at: number, { language, last }: { language: Language; last: Token | undefined }): Piece {
  for (const { kind, pattern } of RULES[language]) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null)
      return {
        kind,
        raw: found[0],
        content: kind === 'comment' ? found[0] : (found.slice(1).findLast((part) => part !== undefined) ?? ''),
      };
  }
  if (language === 'javascript' && text[at] === '`') return template(text, at);
  if (language === 'javascript' && text[at] === '/' && mayBePattern(last)) {
    const pattern = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return { kind: 'pattern', raw: found[0], content: found[0] };
  }
  return plain(text, at);
}

function plain(text: string, at: number): Piece {
  for (const [kind, pattern] of [
    ['word', WORD],
    ['number', NUMBER],
    ['mark', MARKS],
  ] as const) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined || found === '') continue;
    if (kind !== 'number') return { kind, raw: found, content: found };
    NUMBER_TYPE.lastIndex = at + found.length;
    return { kind, raw: found + (NUMBER_TYPE.exec(text)?.[0] ?? ''), content: found.replaceAll('_', '') };
  }
  return { kind: 'mark', raw: text.slice(at, at + 1), content: text.slice(at, at + 1) };
}

/** A template is one token, with whatever is put into it. */
function template(text: string, at: number): Piece {
  let end = at + 1;
  for (let depth = 0; end < text.length && (depth > 0 || text[end] !== '`'); end++) {
    if (text[end] === '\\') end += 1;
    else if (text.startsWith('${', end)) depth += 1;
    else if (text[end] === '}' && depth > 0) depth -= 1;
  }
  return { kind: 'string', raw: text.slice(at, end + 1), content: text.slice(at + 1, end) };
}

function mayBePattern(last: Token | undefined): boolean {
  if (last === undefined) return true;
  if (last.kind === 'mark') return ![')', ']', '}'].includes(last.text);
  return last.kind === 'word' && /^(?:return|typeof|case|in|of|do|else|void|await|yield)$/.test(last.text);
}

function lastCode(tokens: readonly Token[]): Token | undefined {
  return tokens.findLast(({ kind }) => kind !== 'comment');
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Where the bracket at `open` is closed; the end of the tokens if it is not. */
export function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== 'mark') continue;
    if (token.text in CLOSING) depth += 1;
    else if (token.text === ')' || token.text === ']' || token.text === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** What is between commas of the outermost level. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === 'mark' && token.text === ',') parts.push([]);
    else if (token.kind === 'mark' && token.text in CLOSING) {
      const end = closingOf(tokens, at);
      parts.at(-1)?.push(...tokens.slice(at, end + 1));
      at = end;
    } else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** Where one of these marks or words stands outside of all brackets; -1 if none does. */
export function outermost(tokens: readonly Token[], texts: readonly string[]): number {
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'string') continue;
    if (texts.includes(token.text)) return at;
    if (token.kind === 'mark' && token.text in CLOSING) at = closingOf(tokens, at);
  }
  return -1;
}

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

export function isWord(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === 'word' && texts.includes(token.text);
}

/** Tokens as text that does not depend on how they were laid out. */
export function textOf(tokens: readonly Token[]): string {
  return tokens
    .filter(({ kind }) => kind !== 'comment')
    .map(({ kind, text }) => (kind === 'string' ? JSON.stringify(text) : text))
    .join(' ')
    .replaceAll(/ ,(?= [)\]}])/g, '')
    .replace(/ [,;]$/, '');
}

/** Values that are written out: numbers, strings, and words that stand for values. */
export function literalsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    if (token.kind === 'string') return [JSON.stringify(token.text)];
    if (token.kind === 'number')
      return [isMark(tokens[at - 1], '-') && !isOperand(tokens[at - 2]) ? `-${token.text}` : token.text];
    return isWord(token, 'true', 'false', 'True', 'False', 'null', 'None', 'nil') ? [token.text.toLowerCase()] : [];
  });
}

function isOperand(token: Token | undefined): boolean {
  return (
    token !== undefined && (token.kind !== 'mark' || token.text === ')' || token.text === ']') && !isWord(token, 'return', 'case')
  );
}

/** The text with blanks where it only speaks of code: strings that hold more than a word or a path, and patterns. */
export function withoutQuoted(text: string, language: Language): string {
  let masked = text;
  for (const { kind, text: content, from, to } of tokenize(text, language)) {
    if (kind !== 'pattern' && !(kind === 'string' && /[(#\n]|\/[/*]|: |\.\w+ =/.test(content))) continue;
    masked = masked.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + masked.slice(to);
  }
  return masked;
}
