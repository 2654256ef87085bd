import type { JsonValue } from '../../base/json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deeper JSON than this is refused: none of our records needs it, and recursion over it would exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * JSON that every parser reads alike (I-JSON, RFC 7493): valid UTF-8, no byte order mark, no name twice in an object. Signed
 * bytes must have one meaning, whoever reads them. Throws `SyntaxError`.
 */
export function parseStrictJson(bytes: string | Uint8Array): JsonValue {
  const text = typeof bytes === 'string' ? bytes : decode(bytes);
  const value: JsonValue = JSON.parse(text);
  if (countNames(value, 0) !== countNamesInText(text)) throw new SyntaxError('a name occurs twice in one object');
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new SyntaxError('not valid UTF-8', { cause: error });
  }
}

function countNames(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const member of Object.values(value)) count += countNames(member, depth + 1);
  return count;
}

/** Strings followed by a colon, in a text that is known to be valid JSON. */
function countNamesInText(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open !== -1;) {
    const close = closingQuote(text, open);
    let after = close + 1;
    while (' \t\r\n'.includes(text[after] ?? 'end')) after++;
    if (text[after] === ':') count++;
    open = text.indexOf('"', after);
  }
  return count;
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); ; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}
