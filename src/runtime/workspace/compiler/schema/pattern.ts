/** A JSON Schema `pattern` as a regular expression literal; the engine escapes what would end it. */
export function patternLiteral(pattern: string): string {
  const source = new RegExp(pattern, 'u').source;
  return `/${source.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)}/u`;
}

/** What fast-check's `stringMatching` cannot turn round: look-around, word boundaries, back references. */
const ONE_WAY = /\(\?(?:[=!]|<[=!])|\\[bBk]|\\[1-9]/;

export function canGenerate(pattern: string): boolean {
  return !ONE_WAY.test(pattern.replaceAll('\\\\', ''));
}

const SAMPLES = ['', ' ', '!', '0', 'a', 'A', '-', 'é', '\n', 'not a match', '%%%%'];

/** Texts that do not match, to break a value with. Empty if the pattern refuses none of a few likely ones. */
export function mismatches(pattern: string): string[] {
  const expression = new RegExp(pattern, 'u');
  return SAMPLES.filter((sample) => !expression.test(sample));
}
