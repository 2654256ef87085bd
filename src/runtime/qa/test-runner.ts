import type { Layout } from './layout.ts';
import type { Finding } from './report.ts';
import type { Walls } from './walls.ts';

/** What a tool that judges may use: a product of its own, a clean environment, its share of the machine. */
export interface Sandbox {
  /** Folder of the checked-out product, or of a project in it. */
  product: string;
  /** Then the folder of the whole: what lies beside the project belongs to it too. */
  whole?: string;
  /** A private folder beside it, for what the product must not see. */
  scratch: string;
  env: Readonly<Record<string, string>>;
  /** Around everything that runs the product's code; without them it runs as we do. */
  walls?: Walls;
  /** Processes at a time. */
  jobs: number;
  limits: QaLimits;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

export interface QaLimits {
  /** One call of the compiler, milliseconds. */
  compileMs: number;
  /** All test runs of a batch together, milliseconds. */
  testsMs: number;
  /** How long a test file may take without an answer before it counts as hung, milliseconds. */
  stallMs: number;
  /** Heap of each test process, MiB. */
  memoryMb: number;
}

/** Tools that tell nothing until they end get this many times the time that a file may be silent. */
export const SILENT_PATIENCE = 10;

/** A set of test files to be run together. Paths are the product's own, of the sources. */
export interface TestRun {
  files: readonly string[];
  /** Sources whose coverage is wanted. */
  sources: readonly string[];
  layouts: readonly Layout[];
  config: string | undefined;
  /** Milliseconds left for this run. */
  timeoutMs: number;
}

export interface TestCase {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  /** In the source, of the failure if there is one. */
  line?: number;
  message?: string;
  /** Other files of the product that the message names, the nearest to the failure first. */
  related?: readonly string[];
}

/** What became of a test file. Only `ran` has tests to speak of. */
export type FileState = 'ran' | 'empty' | 'unloadable' | 'crashed' | 'killed' | 'hung' | 'unreported' | 'forged' | 'unselected';

export interface TestFile {
  path: string;
  state: FileState;
  cases: TestCase[];
  /** Why it did not run. */
  message?: string;
  /** Where in it, if that is known. */
  line?: number;
  related?: readonly string[];
  /** Tests that failed at first and passed when the file was run again alone. */
  flaky?: readonly string[];
  /** Lines that its tests reached, by source. */
  covered: ReadonlyMap<string, ReadonlySet<number>>;
}

/** How a run ended. Only a `complete` one counts; what it says about its files is final. */
export type RunReport = CompleteRun | BrokenRun;

export interface CompleteRun {
  complete: true;
  files: TestFile[];
  lines: ReadonlyMap<string, ReadonlySet<number>>;
  /** Lines reached by tests of which it is not known which. */
  covered?: ReadonlyMap<string, ReadonlySet<number>>;
  /** What a tool found that is no test. */
  findings?: readonly Finding[];
}

export interface BrokenRun {
  complete: false;
  /** What the files that broke it are to be blamed for. */
  state: Exclude<FileState, 'ran' | 'empty' | 'unloadable' | 'unselected'>;
  message: string;
  /** Files under way when it ended. */
  running: string[];
  /** Whether one of `running` alone must be the reason. */
  certain: boolean;
  /** Not a single file was started: the reason is none of them, but the configuration or the machine. */
  barren: boolean;
}

/** A test tool: Jest, Vitest, `node:test`, pytest. */
export interface TestRunner {
  /** Names the suite in ValidationReport. */
  readonly name: string;
  /** Versions that the outcome depends on, by tool. */
  readonly tools: Readonly<Record<string, string>>;
  /** It can only run everything: no file is run again alone. */
  readonly whole?: boolean;
  /** Runs the files once. Throws only `INTERRUPTED` and `TOOL_MISSING`; whatever the tests do is a report. */
  run(run: TestRun, sandbox: Sandbox): Promise<RunReport>;
}
