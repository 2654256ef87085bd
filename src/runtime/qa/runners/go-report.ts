import { posix } from 'node:path';

import { compareText } from '../../../base/text.ts';
import type { Finding } from '../report.ts';
import type { TestCase, TestFile } from '../test-runner.ts';
import { placeOfFailure, portable } from './stack.ts';

/** A line of `go test -json`: https://pkg.go.dev/cmd/test2json, and of its build: `go help buildjson`. */
export interface GoEvent {
  Action: string;
  Package?: string;
  ImportPath?: string;
  Test?: string;
  Output?: string;
}

interface GoRun {
  files: readonly string[];
  /** Content by path of a test file. */
  texts: ReadonlyMap<string, string>;
  root: string;
}

const DECLARED = /^func\s+((?:Test|Fuzz)(?:[^\s\p{Ll}(][^\s(]*)?)\s*\(/gmu;
const TIMED_OUT = /panic: test timed out after/;
const NOT_HERE =
  /no required module provides package|module lookup disabled by GOPROXY=off|missing go\.sum entry|cannot find module/;
const MAX_OUTPUT = 4000;

/** What the events say of each file: its tests are those that it declares, in its own package. */
export function readGoFiles(events: readonly GoEvent[], run: GoRun): { files: TestFile[]; findings: Finding[] } {
  const packages = Map.groupBy(events, ({ Package, ImportPath }) => folderOf(Package ?? ImportPath ?? '', run.files));
  const built = events.flatMap(({ Action, Output }) => (Action === 'build-output' ? [Output ?? ''] : []));
  const files = run.files.map((path) => fileOf(path, packages.get(posix.dirname(path)) ?? [], { run, built: built.join('') }));
  const unmet = events.find(({ Output = '' }) => NOT_HERE.test(Output));
  if (unmet === undefined) return { files, findings: [] };
  const message = `A module that it needs is not in this machine's cache, and nothing is fetched while judging. ${unmet.Output?.trim() ?? ''}`;
  return { files, findings: [{ code: 'QA_DEPENDENCY_MISSING', path: 'go.mod', message }] };
}

/** The folder behind an import path: the longest that it ends with. `[example.com/a.test]` belongs to builds. */
function folderOf(importPath: string, files: readonly string[]): string {
  const [name = ''] = importPath.split(' ');
  const plain = name.replace(/(?:_test|\.test)$/, '');
  const folders = [...new Set(files.map((path) => posix.dirname(path)))].toSorted((a, b) => b.length - a.length);
  return folders.find((folder) => folder !== '.' && plain.endsWith(`/${folder}`)) ?? '.';
}

function fileOf(path: string, events: readonly GoEvent[], { run, built }: { run: GoRun; built: string }): TestFile {
  const outputs = Map.groupBy(events, ({ Test = '' }) => Test);
  const ends = new Map(
    events.flatMap(({ Action, Test }) => (Test !== undefined && isEnd(Action) ? [[Test, Action] as const] : [])),
  );
  const own = new Set(
    [...(run.texts.get(path) ?? '').matchAll(DECLARED)].map(([, name = '']) => name).filter((name) => name !== 'TestMain'),
  );
  const text = (test: string) =>
    portable((outputs.get(test) ?? []).map(({ Output = '' }) => Output).join(''), run.root).slice(-MAX_OUTPUT);
  const fault = faultOf(own, { ends, text, built: portable(built, run.root), failed: events.some(isPackageFailure) });
  if (fault !== undefined) return { path, cases: [], covered: new Map(), ...fault, ...placeOfFailure(fault.message, path) };
  // Parallel tests end in any order; names of tests are signed.
  const names = [...ends.keys()].filter((name) => own.has(name.split('/')[0] ?? '')).toSorted(compareText);
  return { path, state: 'ran', cases: names.flatMap((name) => caseOf(name, { ends, text, path })), covered: new Map() };
}

interface Said {
  ends: ReadonlyMap<string, string>;
  text: (test: string) => string;
  built: string;
  /** The package as a whole failed. */
  failed: boolean;
}

function faultOf(
  own: ReadonlySet<string>,
  { ends, text, built, failed }: Said,
): (Pick<TestFile, 'state' | 'message'> & { message: string }) | undefined {
  const said = text('') + [...own].map(text).join('');
  const open = [...own].filter((name) => !ends.has(name));
  if (TIMED_OUT.test(said) && open.concat([...own].filter((name) => ends.get(name) === 'fail')).length > 0)
    return { state: 'hung', message: 'A test did not end within the time limit.' };
  const signal = /^signal: (.+)/m.exec(said)?.[1];
  if (signal !== undefined && [...own].some((name) => ends.get(name) !== 'pass'))
    return { state: 'killed', message: `The test process was ended by a signal (${signal}), not by us.` };
  if (own.size === 0) return { state: 'empty', message: 'No test of this file was executed: it declares none.' };
  if (open.length === 0) return undefined;
  if (ends.size === 0 && failed) return { state: 'unloadable', message: `${built}${said}`.trim().slice(0, MAX_OUTPUT) };
  if (ends.size === 0) return { state: 'unselected', message: 'No test of this file was executed: the build leaves it out.' };
  return { state: 'crashed', message: `The tests ended before ${open.join(', ')} had. ${said}`.trim() };
}

function isEnd(action: string): boolean {
  return action === 'pass' || action === 'fail' || action === 'skip';
}

function isPackageFailure({ Action, Test }: GoEvent): boolean {
  return Action === 'fail' && Test === undefined;
}

const STATUS: Record<string, TestCase['status']> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** A test that failed by its subtests alone is not told besides them. */
function caseOf(name: string, { ends, text, path }: Pick<Said, 'ends' | 'text'> & { path: string }): TestCase[] {
  const status = STATUS[ends.get(name) ?? ''] ?? 'failed';
  const shown = name.replaceAll('/', ' > ');
  if (status !== 'failed') return [{ name: shown, status }];
  if ([...ends].some(([other, end]) => end === 'fail' && other.startsWith(`${name}/`))) return [];
  const message = text(name)
    .replace(/^\s*(?:=== |--- ).*\n/gm, '')
    .trim();
  const { related } = placeOfFailure(message, path);
  const line = new RegExp(`(?:^|[\\s/])${posix.basename(path).replace(/[^\w]/g, '\\$&')}:(\\d+)`).exec(message)?.[1];
  return [
    {
      name: shown,
      status,
      message,
      related: related.filter((each) => each !== posix.basename(path)),
      ...(line !== undefined && { line: Number(line) }),
    },
  ];
}
