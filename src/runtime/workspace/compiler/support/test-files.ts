/** Files of `test/base/` in every produced package: what the generated property tests stand on. */

const ARBITRARIES = `import fc from 'fast-check';

interface Range {
  min?: number;
  max?: number;
  minExcluded?: boolean;
  maxExcluded?: boolean;
}

/** Numbers that JSON can carry: finite, and no -0. */
export function number(range: Range = {}): fc.Arbitrary<number> {
  const { min, max, minExcluded = false, maxExcluded = false } = range;
  return fc
    .double({ ...range, noNaN: true, noDefaultInfinity: true })
    .map((value) => value + 0)
    .filter((value) => !(minExcluded && value === min) && !(maxExcluded && value === max));
}

/** Multiples of \`step\`, by the rule that JSON Schema validators use. */
export function multipleOf(step: number, range: { min: number; max: number }): fc.Arbitrary<number> {
  return fc
    .integer(range)
    .map((factor) => factor * step + 0)
    .filter((value) => Number.isInteger(value / step));
}

const character = fc
  .oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point));

/** Text of any script; lengths count characters (code points), as JSON Schema does. */
export function text(length: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...length, unit: character });
}

/** Names of members that are in no contract. */
export function memberName(): fc.Arbitrary<string> {
  return fc.string().filter((name) => !(name in {}));
}

/** Any JSON object. */
export function anyObject(): fc.Arbitrary<object> {
  return fc.dictionary(memberName(), anyJson());
}

/** Any JSON value, as it comes out of a parser (so no -0). */
export function anyJson(): fc.Arbitrary<unknown> {
  return fc
    .jsonValue({ maxDepth: 2 })
    .map((value): unknown => JSON.parse(JSON.stringify(value)))
    .filter((value) => !JSON.stringify(value).includes('__proto__'));
}

/** RFC 3339 timestamps in UTC with milliseconds. */
export function timestamp(): fc.Arbitrary<string> {
  const years = { min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z') };
  return fc.date({ ...years, noInvalidDate: true }).map((date) => date.toISOString());
}

/** RFC 3339 dates. */
export function date(): fc.Arbitrary<string> {
  return timestamp().map((text) => text.slice(0, 10));
}

/** RFC 3339 times in UTC. */
export function time(): fc.Arbitrary<string> {
  return timestamp().map((text) => text.slice(11));
}

const pathCharacter = fc.constantFrom(...'az09-._~!$&()*+,;=:@', '%20', '%E2%82%AC');

/**
 * RFC 3986 URIs with everything they may have. Not \`fc.webUrl\`: that lists all of Unicode first, which takes each test file a second.
 */
export function uri(): fc.Arbitrary<string> {
  const part = fc.string({ unit: pathCharacter });
  const path = fc.array(part).map((segments) => segments.map((segment) => \`/\${segment}\`).join(''));
  const ending = (sign: string): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant(''),
      part.map((text) => sign + text),
    );
  return fc
    .tuple(fc.constantFrom('https', 'http', 's3', 'git+ssh'), fc.domain(), path, ending('?'), ending('#'))
    .map(([scheme, host, ...rest]) => \`\${scheme}://\${host}\${rest.join('')}\`);
}

/** ISO 8601 durations. */
export function duration(): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(999), fc.nat(59)).map(([minutes, seconds]) => \`PT\${minutes}M\${seconds}S\`);
}

/** JSON Pointers (RFC 6901). */
export function jsonPointer(): fc.Arbitrary<string> {
  const token = fc.string().map((text) => text.replaceAll('~', '~0').replaceAll('/', '~1'));
  return fc.array(token).map((tokens) => tokens.map((part) => \`/\${part}\`).join(''));
}

/** Values of \`arbitrary\` that pass \`accepts\`. Gives up with a message, rather than searching for ever. */
export function suchThat<Value>(
  arbitrary: fc.Arbitrary<unknown>,
  accepts: (value: unknown) => value is Value,
): fc.Arbitrary<Value> {
  let refused = 0;
  const counted = (value: unknown): value is Value => {
    if (accepts(value)) {
      refused = 0;
      return true;
    }
    if (++refused > 20_000)
      throw new Error('No valid value was found; give the schema \`examples\`, or make it simpler.');
    return false;
  };
  return arbitrary.filter(counted);
}

/** Texts of \`arbitrary\` that pass \`accepts\`. */
export function textSuchThat(
  arbitrary: fc.Arbitrary<string>,
  accepts: (text: string) => boolean,
): fc.Arbitrary<string> {
  return suchThat(arbitrary, (value): value is string => typeof value === 'string' && accepts(value));
}

/** Objects with the members of all. */
export function merged(...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> {
  return fc.tuple(...parts).map((objects) => Object.assign({}, ...objects) as object);
}

/** Arrays that begin with the items of one and go on with those of another. */
export function joined(
  head: fc.Arbitrary<readonly unknown[]>,
  rest: fc.Arbitrary<readonly unknown[]>,
): fc.Arbitrary<unknown[]> {
  return fc.tuple(head, rest).map(([first, more]) => [...first, ...more]);
}

/** Values of something that is defined later, or in terms of this. */
export function later<Value>(define: () => fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.constant(null).chain(define);
}

/** A choice that takes its first branch once values are nested deeply, so that they end. */
export function nested(shallow: fc.Arbitrary<unknown>, deep: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ depthIdentifier: 'contracts', maxDepth: 3 }, shallow, deep);
}
`;

const BREAKS = `import fc from 'fast-check';
import { ContractViolation, type Fault } from '../../src/base/contract-violation.js';
import { anyJson, suchThat } from './arbitraries.js';

/** One way to break a valid value: what is put at a place (or taken from it), and the keyword that is then not met. */
export interface Break {
  /** JSON Pointer to the place; its parent is in every valid value. */
  readonly path: string;
  readonly keyword: string;
  /** What is put there; undefined: the member is removed. */
  readonly wrong?: fc.Arbitrary<unknown>;
}

/** Values that are valid but for one thing. */
export function broken(
  valid: fc.Arbitrary<unknown>,
  { path, wrong = fc.constant(undefined) }: Break,
): fc.Arbitrary<unknown> {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return fc.tuple(valid, wrong).map(([value, replacement]) => replaced(value, keys, replacement));
}

/** Values that are invalid in any of these ways; undefined if there is none. */
export function brokenAnyhow(valid: fc.Arbitrary<unknown>, ways: readonly Break[]): fc.Arbitrary<unknown> | undefined {
  return ways.length === 0 ? undefined : fc.constantFrom(...ways).chain((how) => broken(valid, how));
}

function replaced(value: unknown, keys: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    const items: unknown[] = [...value];
    items[Number(key)] = replaced(items[Number(key)], rest, replacement);
    return items;
  }
  const members = new Map<string, unknown>(Object.entries(value ?? {}));
  const member = replaced(members.get(key), rest, replacement);
  if (member === undefined) members.delete(key);
  else members.set(key, member);
  return Object.fromEntries(members);
}

/** The faults of the ContractViolation that \`parse\` throws; none if it throws nothing. */
export function faultsIn(parse: () => unknown): readonly Fault[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ContractViolation) return error.faults;
    throw error;
  }
}

type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** JSON values of another type than these. */
export function otherThan(...types: readonly JsonType[]): fc.Arbitrary<unknown> {
  return suchThat(anyJson(), (value): value is unknown => !typesOf(value).some((type) => types.includes(type)));
}

function typesOf(value: unknown): JsonType[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
  if (typeof value === 'string') return ['string'];
  return [typeof value === 'boolean' ? 'boolean' : 'object'];
}

/** Texts that are none of these. */
export function noneOf(...allowed: readonly unknown[]): fc.Arbitrary<string> {
  return fc.string().filter((text) => !allowed.includes(text));
}
`;

const PORT = `import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ContractViolation } from '../../src/base/contract-violation.js';
import { NotImplemented } from '../../src/base/not-implemented.js';

/** What goes into an operation of a port and what comes out; the broken values are those its boundary must refuse. */
export interface OperationCase {
  readonly name: string;
  readonly input: fc.Arbitrary<unknown>;
  readonly output: fc.Arbitrary<unknown>;
  readonly brokenInput?: fc.Arbitrary<unknown> | undefined;
  readonly brokenOutput?: fc.Arbitrary<unknown> | undefined;
}

type Operation = (value: unknown) => Promise<unknown>;

/** Tests every operation of a stub: it calls its handler, guards its boundary, and says so when there is no handler. */
export function testOperations<Port extends object>(
  create: (handlers: Partial<Port>) => Port,
  operations: readonly OperationCase[],
): void {
  // Names and values come from a table here, so the types of the single operations are of no use.
  const call = (name: string, value: unknown, handler?: Operation): Promise<unknown> => {
    const port = create((handler === undefined ? {} : { [name]: handler }) as Partial<Port>) as Record<
      string,
      Operation
    >;
    return port[name]?.(value) ?? Promise.reject(new Error(\`there is no operation \${name}\`));
  };
  describe.each(operations)('$name', ({ name, input, output, brokenInput, brokenOutput }) => {
    test('gives its handler the value and returns the answer', async () => {
      await checkAll(fc.tuple(input, output), async ([value, answer]) => {
        const seen: unknown[] = [];
        const result = await call(name, value, async (given) => {
          seen.push(given);
          return answer;
        });
        expect(seen).toEqual([value]);
        expect(result).toEqual(answer);
      });
    });

    test('rejects with NotImplemented when it has no handler', async () => {
      await checkAll(input, async (value) => {
        await expect(call(name, value)).rejects.toThrow(NotImplemented);
        await expect(call(name, value)).rejects.toThrow(name);
      });
    });

    if (brokenInput !== undefined) {
      test('refuses a broken value before its handler sees it', async () => {
        await checkAll(brokenInput, async (value) => {
          let called = false;
          const handler = async (): Promise<void> => {
            called = true;
          };
          await expect(call(name, value, handler)).rejects.toThrow(ContractViolation);
          expect(called).toBe(false);
        });
      });
    }

    if (brokenOutput !== undefined) {
      test('refuses a broken answer of its handler', async () => {
        await checkAll(fc.tuple(input, brokenOutput), async ([value, answer]) => {
          await expect(call(name, value, async () => answer)).rejects.toThrow(ContractViolation);
        });
      });
    }
  });
}

function checkAll<Value>(values: fc.Arbitrary<Value>, check: (value: Value) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(values, check), { numRuns: 20 });
}
`;

const SOURCE_MAPS = `// Gives Jest the source maps that tsc wrote: coverage and stack traces then speak of the TypeScript sources.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

function mapOf(path) {
  return existsSync(\`\${path}.map\`) ? readFileSync(\`\${path}.map\`, 'utf8') : 'null';
}

export default {
  getCacheKey(code, path, { configString, instrument }) {
    return createHash('sha256')
      .update(JSON.stringify([code, mapOf(path), configString, instrument]))
      .digest('hex');
  },
  process(code, path) {
    return { code, map: JSON.parse(mapOf(path)) };
  },
};
`;

const SEED = `import { jest } from '@jest/globals';
import fc from 'fast-check';

// Property tests take their seed from Jest: \`npm test -- --seed=42\` repeats a run.
fc.configureGlobal({ seed: jest.getSeed() });
`;

export function testFiles(): Map<string, string> {
  return new Map([
    ['test/base/arbitraries.ts', ARBITRARIES],
    ['test/base/breaks.ts', BREAKS],
    ['test/base/operations.ts', PORT],
    ['test/base/seed.ts', SEED],
    ['test/base/source-maps.js', SOURCE_MAPS],
  ]);
}
