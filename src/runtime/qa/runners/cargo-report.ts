import { dirname, join } from 'node:path';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import type { Finding } from '../report.ts';
import type { TestCase, TestFile } from '../test-runner.ts';
import { textMember } from '../text-member.ts';
import { placeOfFailure, portable } from './stack.ts';

/** A test binary. */
export interface Binary {
  executable: string;
  /** The source that it is built from, relative to the project. */
  source: string;
  /** Folder of its package. */
  folder: string;
}

const NOT_HERE =
  /no matching package|failed to (?:download|get|select)|attempting to make an HTTP request, but --offline|unable to update/i;

/** What `cargo test --no-run --message-format=json` made: https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages. */
export function readBuild(result: ProcessResult, root: string): { binaries: Binary[]; findings: Finding[] } {
  const messages = result.stdout.split('\n').flatMap(messageOf);
  const told = messages.flatMap((message) =>
    message['reason'] === 'compiler-message' ? compileFinding(message['message']) : [],
  );
  // A library is compiled for its users and for its own tests.
  const findings = [...new Map(told.map((finding) => [finding.message, finding])).values()];
  const binaries = messages.flatMap((message) => binaryOf(message, root));
  if (findings.length > 0 || (result.ended === 'exited' && result.code === 0)) return { binaries, findings };
  const words = portable(result.stderr.slice(-2000).trim(), root);
  if (result.ended !== 'exited')
    return { binaries, findings: [{ code: 'QA_TIMEOUT', message: 'The build of the tests did not end in its time.' }] };
  const code = NOT_HERE.test(words) ? 'QA_DEPENDENCY_MISSING' : 'QA_COMPILE';
  return { binaries, findings: [{ code, path: 'Cargo.toml', message: words }] };
}

function messageOf(line: string): JsonObject[] {
  try {
    const value = JSON.parse(line) as JsonValue;
    return isJsonObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

function compileFinding(message: JsonValue | undefined): Finding[] {
  if (!isJsonObject(message) || message['level'] !== 'error') return [];
  const spans = Array.isArray(message['spans']) ? message['spans'].filter(isJsonObject) : [];
  const span = spans.find(({ is_primary: primary }) => primary === true);
  if (span === undefined) return [];
  const text = textMember(message['rendered'], textMember(message['message'])).trim().slice(0, 2000);
  return [{ code: 'QA_COMPILE', path: textMember(span['file_name']), line: Number(span['line_start']), message: text }];
}

function binaryOf({ reason, executable, target, manifest_path: manifest, profile }: JsonObject, root: string): Binary[] {
  const isTest = reason === 'compiler-artifact' && isJsonObject(profile) && profile['test'] === true;
  if (!isTest || typeof executable !== 'string' || !isJsonObject(target)) return [];
  return [
    {
      executable,
      source: portable(textMember(target['src_path']), root),
      folder: dirname(textMember(manifest, join(root, 'Cargo.toml'))),
    },
  ];
}

export interface BinaryRun {
  source: string;
  /** What it answers to `--list --format=terse`. */
  list: string;
  /** Of the run itself. */
  result: ProcessResult;
}

/** What the binaries said, by file. `all`: none of them was left out for want of time. */
export function readBinaries(
  runs: readonly BinaryRun[],
  { texts, all }: { texts: ReadonlyMap<string, string>; all: boolean },
): TestFile[] {
  const parts = runs.flatMap((run) => filesOf(run, texts));
  const merged = [...Map.groupBy(parts, ({ path }) => path)].map(([, [first, ...rest]]) =>
    rest.reduce(mergeFiles, first as TestFile),
  );
  const known = new Set(merged.map(({ path }) => path));
  const left = [...texts.keys()].filter((path) => !known.has(path));
  const reason = all
    ? ({ state: 'unselected', message: 'No test of this file was executed: no package builds it.' } as const)
    : ({ state: 'hung', message: 'The time for all tests was used up before this file had its turn.' } as const);
  return [...merged, ...left.map((path): TestFile => ({ path, ...reason, cases: [], covered: new Map() }))];
}

/** A file that is part of two binaries is as bad as in the worse of them. */
function mergeFiles(a: TestFile, b: TestFile): TestFile {
  if (a.state !== 'ran') return a;
  if (b.state !== 'ran') return b;
  const names = new Set(a.cases.map(({ name }) => name));
  return { ...a, cases: [...a.cases, ...b.cases.filter(({ name }) => !names.has(name))] };
}

const RESULT = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:,.*)?$/gm;
const STATUS: Record<string, TestCase['status']> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };

function filesOf({ source, list, result }: BinaryRun, texts: ReadonlyMap<string, string>): TestFile[] {
  const names = [...list.matchAll(/^(.+): test$/gm)].map(([, name = '']) => name);
  const ends = new Map([...result.stdout.matchAll(RESULT)].map(([, name = '', end = '']) => [name, end]));
  const fault = names.length === 0 ? undefined : faultOf(result, names, ends);
  const byFile = Map.groupBy(names, (name) => fileOf(name, source, texts));
  return [...byFile].map(([path, own]): TestFile => {
    if (fault !== undefined) return { path, ...fault, cases: [], covered: new Map() };
    return {
      path,
      state: 'ran',
      cases: own.map((name) => caseOf(name, { end: ends.get(name) ?? '', stdout: result.stdout, path })),
      covered: new Map(),
    };
  });
}

function faultOf(
  { ended, code, signal, stdout, stderr }: ProcessResult,
  names: readonly string[],
  ends: ReadonlyMap<string, string>,
): Pick<TestFile, 'state' | 'message'> | undefined {
  const words = (stderr.trim() || stdout.trim()).slice(-1500);
  if (ended === 'signalled') return { state: 'killed', message: `The test process was killed by ${signal}, not by us. ${words}` };
  if (ended !== 'exited') return { state: 'hung', message: 'No result within the time limit.' };
  const open = names.filter((name) => !ends.has(name));
  const failed = [...ends.values()].includes('FAILED');
  const closed = /^test result: (ok|FAILED)\./m.exec(stdout)?.[1];
  if (open.length > 0 || closed === undefined)
    return {
      state: 'crashed',
      message: `The test process ended with ${code} before ${open.join(', ') || 'its last line'}. ${words}`,
    };
  if (failed !== (closed === 'FAILED') || failed !== (code !== 0))
    return { state: 'unreported', message: `The results do not fit the exit code ${code}.` };
  return undefined;
}

/** The file that declares a test: that of its module, or else one that has a function of its name, or the source of the binary. */
function fileOf(name: string, source: string, texts: ReadonlyMap<string, string>): string {
  const parts = name.split('::');
  const own = parts.pop() ?? '';
  const folder = dirname(source);
  const declares = (path: string) => new RegExp(`\\bfn\\s+${own.replace(/\W/g, '')}\\s*[(<]`).test(texts.get(path) ?? '');
  for (let end = parts.length; end > 0; end--) {
    const stem = join(folder, ...parts.slice(0, end));
    const path = [`${stem}.rs`, `${stem}/mod.rs`].find((each) => texts.has(each));
    if (path !== undefined) return path;
  }
  if (declares(source)) return source;
  return [...texts.keys()].find((path) => path.startsWith(`${folder}/`) && declares(path)) ?? source;
}

function caseOf(name: string, { end, stdout, path }: { end: string; stdout: string; path: string }): TestCase {
  const status = STATUS[end] ?? 'failed';
  if (status !== 'failed') return { name, status };
  const from = stdout.indexOf(`---- ${name} stdout ----\n`);
  const rest = from === -1 ? '' : stdout.slice(from).split('\n').slice(1).join('\n');
  const message =
    rest
      .split(/\n(?:---- |\nfailures:)/)[0]
      ?.replace(/^\s+\d+: .*\n\s+at (?!\.\/).*$/gm, '')
      .replaceAll(' ./', ' ')
      .trim() ?? '';
  return { name, status, message: message.slice(0, 4000), ...placeOfFailure(message, path) };
}
