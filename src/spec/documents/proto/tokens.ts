/** A piece of a `.proto` file that means something. */
export interface Token {
  type: 'word' | 'number' | 'text' | 'mark' | 'end';
  text: string;
  /** Offset in the file. */
  at: number;
}

/** Words with their dots, numbers, strings, and single marks. */
const TOKEN = /(\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|([+-]?\d[\w.]*)|("[^"\n]*"?|'[^'\n]*'?)|([\s\S])/y;
const BLANKS = /\s*/y;

/** Splits a file into tokens without blanks and comments, in one pass; the last is always `end`. */
export function protoTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = afterBlanks(text, 0); at < text.length;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) break;
    const [whole, word, number, quoted] = match;
    const type = word !== undefined ? 'word' : number !== undefined ? 'number' : quoted !== undefined ? 'text' : 'mark';
    tokens.push({ type, text: whole, at });
    at = afterBlanks(text, at + whole.length);
  }
  tokens.push({ type: 'end', text: '', at: text.length });
  return tokens;
}

/** Where blanks and comments end. */
function afterBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    const end = text.startsWith('//', at)
      ? text.indexOf('\n', at)
      : text.startsWith('/*', at)
        ? text.indexOf('*/', at + 2) + 2
        : at;
    if (end === at) return at;
    // A comment that is never closed reaches to the end.
    if (end < at + 2) return text.length;
    at = end;
  }
}
