/**
 * A test of the command line in one text file: what is typed, what comes out, and the files it starts from.
 *
 *     # A comment.
 *     $ spec-kit plan spec.md --json
 *     exit 2
 *     > a line of stdout
 *     ! a line of stderr
 *     exists path | absent path | same path | like path other
 *     replace path "old" "new"
 *     flip path
 *     bytes path 00ff
 *     link path target
 *     -- spec.md --
 *     the content of spec.md, up to the next such line
 *
 * `>` and `!` lines are the whole of a stream: a stream without lines must be empty. `[..]` stands for anything within a line, a line
 * `...` for any lines, `[CWD]` for the working folder. `flip` turns one bit in the middle of a file over. Without `exit` a command must end with 0. `same` means as written in
 * the script, `like` as `other` is written there.
 */
export interface TextScript {
  steps: Step[];
  files: ReadonlyMap<string, string>;
}

export type Step =
  | { line: number; do: 'run'; argv: string[]; env: Record<string, string>; exit: number; stdout: string[]; stderr: string[] }
  | { line: number; do: 'exists' | 'absent' | 'same' | 'flip'; path: string }
  | { line: number; do: 'bytes' | 'link' | 'like'; path: string; value: string }
  | { line: number; do: 'replace'; path: string; from: string; to: string };

type Run = Extract<Step, { do: 'run' }>;

const FILE = /^-- (.+) --$/;

export function parseTextScript(text: string): TextScript {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => FILE.test(line));
  const end = start === -1 ? lines.length : start;
  return { steps: parseSteps(lines.slice(0, end)), files: parseFiles(lines.slice(end)) };
}

function parseSteps(lines: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '' || text.startsWith('#')) continue;
    const [verb = '', ...rest] = words(text);
    const line = index + 1;
    if (verb === '$') steps.push(parseRun(rest, line));
    else if (verb === '>' || verb === '!' || verb === 'exit') expectation(lastRun(steps, line), verb, text);
    else steps.push(parseAction(verb, rest, line));
  }
  return steps;
}

function parseRun(argv: string[], line: number): Run {
  const first = argv.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = argv.slice(0, first).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
  return { line, do: 'run', argv: argv.slice(first), env: Object.fromEntries(env), exit: 0, stdout: [], stderr: [] };
}

function expectation(run: Run, verb: string, text: string): void {
  if (verb === 'exit') run.exit = Number(text.slice('exit '.length));
  else (verb === '>' ? run.stdout : run.stderr).push(text.slice(2));
}

function parseAction(verb: string, [path = '', from = '', to = '']: readonly string[], line: number): Step {
  if (verb === 'replace') return { line, do: verb, path, from, to };
  if (verb === 'bytes' || verb === 'link' || verb === 'like') return { line, do: verb, path, value: from };
  if (verb === 'exists' || verb === 'absent' || verb === 'same' || verb === 'flip') return { line, do: verb, path };
  throw new Error(`line ${line}: what is ${verb}?`);
}

function lastRun(steps: readonly Step[], line: number): Run {
  const last = steps.at(-1);
  if (last?.do !== 'run') throw new Error(`line ${line}: expectations follow a command`);
  return last;
}

/** Words at blanks; double quotes hold words with blanks together. */
function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

function parseFiles(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let path = '';
  for (const line of lines) {
    const name = FILE.exec(line)?.[1];
    if (name === undefined) files.set(path, `${files.get(path) ?? ''}${line}\n`);
    else files.set((path = name), '');
  }
  // The script's own last line feed belongs to no file.
  if (path !== '') files.set(path, (files.get(path) ?? '').replace(/\n$/, ''));
  return files;
}

/** Whether the lines of a stream are what a script expects. */
export function matches(actual: readonly string[], expected: readonly string[]): boolean {
  const [pattern, ...patterns] = expected;
  if (pattern === undefined) return actual.length === 0;
  if (pattern === '...') return actual.some((_, index) => matches(actual.slice(index), patterns)) || matches([], patterns);
  const [line, ...lines] = actual;
  return line !== undefined && lineMatches(line, pattern) && matches(lines, patterns);
}

function lineMatches(line: string, pattern: string): boolean {
  const source = pattern
    .trimEnd()
    .split('[..]')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'u').test(line.trimEnd());
}
