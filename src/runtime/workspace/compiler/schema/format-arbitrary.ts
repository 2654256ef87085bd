interface FormatGenerator {
  code: string;
  helpers: readonly string[];
  /** Texts as it makes them, to see whether a pattern lets them through. */
  samples: readonly string[];
}

const own = (name: string, ...samples: string[]): FormatGenerator => ({ code: `${name}()`, helpers: [name], samples });
const fastCheck = (code: string, ...samples: string[]): FormatGenerator => ({ code, helpers: [], samples });

const GENERATORS: Record<string, FormatGenerator> = {
  'date-time': own('timestamp', '2026-01-02T03:04:05.678Z', '0000-12-31T23:59:59.999Z'),
  'iso-date-time': own('timestamp', '2026-01-02T03:04:05.678Z', '0000-12-31T23:59:59.999Z'),
  date: own('date', '2026-01-02', '0000-12-31'),
  time: own('time', '03:04:05.678Z'),
  'iso-time': own('time', '03:04:05.678Z'),
  duration: own('duration', 'PT1M2S'),
  uri: own('uri', 'https://a.bc', 'http://a.bc/d?e#f'),
  url: fastCheck('fc.ipV4().map((address) => `https://${address}.example.com/`)', 'https://1.2.3.4.example.com/'),
  'uri-reference': own('uri', 'https://a.bc', 'http://a.bc/d?e#f'),
  'uri-template': fastCheck('fc.domain().map((host) => `https://${host}/{id}`)', 'https://a.bc/{id}'),
  uuid: fastCheck('fc.uuid()', 'b7e6b1f0-5d1c-4c3e-9a57-0d6f2f7a1c11', '00000000-0000-1000-8000-000000000000'),
  email: fastCheck('fc.emailAddress()', 'a@b.cd', "a.!#x'@b-c.de"),
  hostname: fastCheck('fc.domain()', 'a.bc', 'a-b.c.de'),
  ipv4: fastCheck('fc.ipV4()', '1.2.3.4', '255.0.0.255'),
  ipv6: fastCheck('fc.ipV6()', '::1', '2001:db8::1', '::ffff:1.2.3.4'),
  regex: fastCheck("fc.constantFrom('^a+$', '[a-z]{2}', '\\\\d?')", '^a+$', '[a-z]{2}'),
  'json-pointer': own('jsonPointer', '', '/a/b~1c', '/ '),
  'json-pointer-uri-fragment': fastCheck("fc.constantFrom('#', '#/a', '#/a~1b/%25')", '#', '#/a'),
  'relative-json-pointer': fastCheck("fc.constantFrom('0', '1/a', '2#')", '0', '1/a'),
  byte: fastCheck('fc.base64String()', '', 'YQ=='),
};

/**
 * Code that makes texts of a format. With a pattern beside it: only if the pattern lets typical texts of the format through; then
 * `matches` says whether it lets all of them through as far as can be seen.
 */
export function formatArbitrary(
  format: string,
  pattern?: string,
): { code: string; helpers: readonly string[]; matches: boolean } | undefined {
  const generator = Object.hasOwn(GENERATORS, format) ? GENERATORS[format] : undefined;
  if (!generator) return undefined;
  if (pattern === undefined) return { code: generator.code, helpers: generator.helpers, matches: true };
  const expression = new RegExp(pattern, 'u');
  if (!generator.samples.every((sample) => expression.test(sample))) return undefined;
  return { code: generator.code, helpers: generator.helpers, matches: false };
}

/** A text that is surely not of the format; undefined for a format that is not checked. */
export function malformed(format: string): string | undefined {
  if (format === 'uri-reference') return '\\';
  if (format === 'uri-template') return '{';
  if (format === 'regex') return '(';
  return Object.hasOwn(GENERATORS, format) ? '!' : undefined;
}
