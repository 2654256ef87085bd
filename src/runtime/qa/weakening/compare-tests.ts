import type { Finding } from '../report.ts';
import type { Assertion, SourceTests, TestDeclaration } from './source-tests.ts';
import { literalsOf } from './tokens.ts';

export interface TestsBefore {
  /** By path. */
  before: ReadonlyMap<string, SourceTests>;
  after: ReadonlyMap<string, SourceTests>;
  /** Names that product code declared before and does not declare any more. */
  gone: ReadonlySet<string>;
}

interface Placed extends TestDeclaration {
  path: string;
}

/** What became of each test: gone, told not to run, or asking for less than it did. */
export function compareTests({ before, after, gone }: TestsBefore): Finding[] {
  const [old, now] = [placed(before), placed(after)];
  const pairs = pairUp(old, now);
  const taken = new Set(pairs.values());
  const fresh = now.filter((test) => !taken.has(test));
  return [
    ...old.flatMap((test) => {
      const match = pairs.get(test);
      return match === undefined ? removedTest(test, { fresh: [...fresh, ...changed(pairs)], gone }) : compared(test, match);
    }),
    ...fresh.flatMap((test) => freshTest(test)),
  ];
}

function placed(sources: ReadonlyMap<string, SourceTests>): Placed[] {
  return [...sources].flatMap(([path, { tests }]) => {
    const seen = new Map<string, number>();
    return tests.map((test) => {
      const count = (seen.get(test.name) ?? 0) + 1;
      seen.set(test.name, count);
      return { ...test, path, name: count === 1 ? test.name : `${test.name} #${count}` };
    });
  });
}

/** The same name in the same file, else in another one, else the same demands under another name. */
function pairUp(old: readonly Placed[], now: readonly Placed[]): Map<Placed, Placed> {
  const pairs = new Map<Placed, Placed>();
  const free = new Set(now);
  const tie = (fits: (a: Placed, b: Placed) => boolean) => {
    for (const test of old) {
      if (pairs.has(test)) continue;
      const match = [...free].find((each) => fits(test, each));
      if (match === undefined) continue;
      pairs.set(test, match);
      free.delete(match);
    }
  };
  const byPlace = new Map(now.map((test) => [`${test.path}\0${test.name}`, test]));
  for (const test of old) {
    const match = byPlace.get(`${test.path}\0${test.name}`);
    if (match === undefined) continue;
    pairs.set(test, match);
    free.delete(match);
  }
  tie((a, b) => a.name === b.name);
  tie((a, b) => a.assertions.length > 0 && demands(a) === demands(b));
  tie((a, b) => a.path === b.path && lastName(a) === lastName(b));
  return pairs;
}

function demands({ assertions }: TestDeclaration): string {
  return assertions.map(keyOf).join('\n');
}

function lastName({ name }: Placed): string {
  return name.split(' > ').at(-1) ?? name;
}

function keyOf({ matcher, subject, expected }: Assertion): string {
  return `${matcher}\0${subject}\0${expected}`;
}

function changed(pairs: ReadonlyMap<Placed, Placed>): Placed[] {
  return [...pairs].flatMap(([old, now]) => (now.body.length > old.body.length ? [now] : []));
}

/** A test may go with what it tested, or into another one that says the same of the same values. */
function removedTest(test: Placed, { fresh, gone }: { fresh: readonly Placed[]; gone: ReadonlySet<string> }): Finding[] {
  const words = new Set(test.body.filter(({ kind }) => kind === 'word').map(({ text }) => text));
  if ([...gone].some((name) => words.has(name))) return [];
  const values = new Set(test.assertions.flatMap(({ inputs, outcomes }) => [...inputs, ...outcomes]));
  const absorbed = values.size > 0 && fresh.some((each) => values.isSubsetOf(new Set(literalsOf(each.body))));
  if (absorbed) return [];
  return [
    {
      code: 'QA_TEST_REMOVED',
      path: test.path,
      line: test.line,
      message: `The test \`${test.name}\` is gone, and what it tested is still there.`,
    },
  ];
}

function compared(old: Placed, now: Placed): Finding[] {
  return [
    ...(old.skipped === undefined && now.skipped !== undefined ? [skipped(now, now.skipped)] : []),
    ...(old.focused === undefined && now.focused !== undefined ? [focused(now, now.focused)] : []),
    ...compareAssertions(old, now),
  ];
}

function freshTest(test: Placed): Finding[] {
  const dead = test.assertions.filter((each) => each.dead !== undefined);
  return [
    ...(test.skipped === undefined || test.skipped.conditional === true
      ? []
      : [{ ...skipped(test, test.skipped), level: 'note' as const }]),
    ...(test.focused === undefined ? [] : [focused(test, test.focused)]),
    ...dead.map((assertion) => empty(test, assertion)),
    ...(test.assertions.length === 0 && test.skipped === undefined && test.body.length > 0 ? [unasserted(test)] : []),
  ];
}

function skipped(test: Placed, { line, how }: { line: number; how: string }): Finding {
  return { code: 'QA_TEST_SKIPPED', path: test.path, line, message: `The test \`${test.name}\` is not run any more: ${how}.` };
}

function focused(test: Placed, { line, how }: { line: number; how: string }): Finding {
  return {
    code: 'QA_TEST_FOCUSED',
    path: test.path,
    line,
    message: `\`${how}\` at \`${test.name}\` keeps all other tests from being run.`,
  };
}

function empty(test: Placed, { line, dead = '' }: Assertion): Finding {
  return {
    code: 'QA_ASSERTION_EMPTY',
    path: test.path,
    line,
    message: `An assertion of \`${test.name}\` can never fail: ${dead}.`,
  };
}

function unasserted(test: Placed): Finding {
  return {
    code: 'QA_ASSERTION_EMPTY',
    level: 'note',
    path: test.path,
    line: test.line,
    message: `The new test \`${test.name}\` asserts nothing that can be seen.`,
  };
}

/** Each demand is looked for as it was, then on the same subject, then in its place. */
function compareAssertions(old: Placed, now: Placed): Finding[] {
  const free = new Set(now.assertions);
  const open: Assertion[] = [];
  const findings: Finding[] = [];
  const match = (fits: (other: Assertion) => boolean) => {
    const found = [...free].find(fits);
    if (found !== undefined) free.delete(found);
    return found;
  };
  for (const each of old.assertions) {
    const same = match((other) => keyOf(other) === keyOf(each));
    if (same === undefined) open.push(each);
    else if (each.dead === undefined && same.dead !== undefined) findings.push(empty(now, same));
  }
  const rest: Assertion[] = [];
  for (const each of open) {
    const near = match((other) => each.subject !== '' && other.subject === each.subject);
    if (near === undefined) rest.push(each);
    else findings.push(...judged(each, near, now));
  }
  // A part of the test may have moved into a function that asserts it.
  const absorbed = [...free].some(({ matcher }) => matcher.startsWith('helper ')) || isTabled(now, rest);
  for (const each of absorbed ? [] : rest) {
    const instead = match(() => true);
    findings.push(...(instead === undefined ? [removedAssertion(each, now)] : judged(each, instead, now)));
  }
  for (const each of free) if (each.dead !== undefined) findings.push(empty(now, each));
  return findings;
}

/** Whether all values of assertions are still in the test, in a table for one. */
function isTabled(test: Placed, assertions: readonly Assertion[]): boolean {
  const values = new Set(assertions.flatMap(({ inputs, outcomes }) => [...inputs, ...outcomes]));
  return (
    assertions.length > 1 && values.size > 1 && test.assertions.length > 0 && values.isSubsetOf(new Set(literalsOf(test.body)))
  );
}

function removedAssertion({ line, subject, matcher }: Assertion, test: Placed): Finding {
  const message = `\`${test.name}\` does not ask any more for what it asked in line ${line}: ${shown(matcher, subject)}.`;
  return { code: 'QA_ASSERTION_REMOVED', path: test.path, line: test.line, message };
}

function judged(old: Assertion, now: Assertion, test: Placed): Finding[] {
  if (now.dead !== undefined && old.dead === undefined) return [empty(test, now)];
  if (now.strength < old.strength || isWider(old, now)) {
    const message = `\`${test.name}\` asks for less than it did: ${shown(old.matcher, old.expected)} has become ${shown(now.matcher, now.expected)}.`;
    return [{ code: 'QA_ASSERTION_LOOSENED', path: test.path, line: now.line, message }];
  }
  if (/Inline/.test(now.matcher) && now.expected !== old.expected && old.expected !== '') {
    return [
      {
        code: 'QA_SNAPSHOT_EDITED',
        path: test.path,
        line: now.line,
        message: `The snapshot in \`${test.name}\` is another than before.`,
      },
    ];
  }
  if (now.expected === old.expected || now.subject !== old.subject) return [];
  const message = `\`${test.name}\` expects ${shown('', now.expected)} where it expected ${shown('', old.expected)}.`;
  return [{ code: 'QA_EXPECTATION_CHANGED', level: 'note', path: test.path, line: now.line, message }];
}

/** More room around the same value: fewer digits, a larger difference. */
function isWider(old: Assertion, now: Assertion): boolean {
  const [before, after] = [roomOf(old), roomOf(now)];
  if (before === undefined || after === undefined) return false;
  return before.kind === after.kind && (before.kind === 'digits' ? after.room < before.room : after.room > before.room);
}

function roomOf({ matcher, expected }: Assertion): { kind: 'digits' | 'difference'; room: number } | undefined {
  const last = /(-?[\d.]+(?:e-?\d+)?)\s*\)?$/i.exec(expected)?.[1];
  if (/approx/.test(expected)) {
    const named = /(?:abs|rel)\s*=\s*([\d.]+(?:e-?\d+)?)/i.exec(expected)?.[1];
    return { kind: 'difference', room: named === undefined ? 1e-6 : Number(named) };
  }
  if (matcher !== 'toBeCloseTo') return undefined;
  const digits = expected.includes(',') ? Number(last) : 2;
  return { kind: 'digits', room: digits };
}

function shown(matcher: string, text: string): string {
  return `\`${`${matcher} ${text}`.trim().slice(0, 120)}\``;
}
