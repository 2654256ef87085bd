import { fullFormats } from 'ajv-formats/dist/formats.js';

/** The string formats that are regular expressions, by name, as literals: `uuid` → `/^(?:urn:uuid:)?…$/i`. */
export function formatPatterns(): Record<string, string> {
  const patterns: Record<string, string> = {};
  for (const [name, format] of Object.entries(fullFormats)) if (format instanceof RegExp) patterns[name] = String(format);
  return patterns;
}

/**
 * The expression behind format `uri`, which ajv-formats keeps to itself: that of `uri-reference` with scheme and path demanded, and
 * without the `"` that RFC 3986 does not allow (a test compares it with the original).
 */
export function uriPattern(): string {
  return (formatPatterns()['uri-reference'] ?? '')
    .replace(':)?(?:\\/?\\/', ':)(?:\\/?\\/')
    .replace(')*)?(?:\\?(?:', ')*)(?:\\?(?:')
    .replaceAll(`'"(`, `'(`);
}
