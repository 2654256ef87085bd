import { SEND_SIGNED } from '../signed-events.ts';

/** What our reporter tells while Jest runs. Paths are absolute, of the files that ran. */
export type JestEvent =
  | { kind: 'started'; file: string }
  /** `lines` tells all lines with a statement, of each source once in a run. */
  | { kind: 'finished'; file: string; error?: string; cases: JestCase[]; covered: LinesByFile; lines: LinesByFile }
  | { kind: 'complete'; files: number; tests: number };

export type LinesByFile = Record<string, number[]>;

export interface JestCase {
  fullName: string;
  status: string;
  line?: number;
  message?: string;
}

/**
 * The reporter, loaded by Jest's main process. It is text, not a module, because a bundled build has no file to point Jest at.
 * Tests run in Jest's workers with the same rights, so each event carries its number and an HMAC under a key that only the main process
 * has: it comes over stdin, which is read to its end before any worker starts. Events go out over descriptor 3, which workers do not have.
 */
export const JEST_REPORTER = `'use strict';
const { createHmac } = require('node:crypto');
const { readFileSync, writeSync } = require('node:fs');

const key = readFileSync(0, 'utf8');
${SEND_SIGNED}
function testCase({ fullName, status, location, failureMessages }) {
  return { fullName, status, line: location?.line, message: failureMessages.join('\\n').slice(0, 4000) || undefined };
}

/** Lines on which a statement that \`wanted\` likes begins, by file. */
function linesOf(files, wanted) {
  return Object.fromEntries(files.map(({ path, s, statementMap }) => {
    const ids = Object.keys(s).filter((id) => wanted(s[id]));
    return [path, [...new Set(ids.map((id) => statementMap[id].start.line))]];
  }));
}

module.exports = class {
  seen = new Set();
  onTestFileStart({ path }) {
    send({ kind: 'started', file: path });
  }
  onTestFileResult({ path }, { testExecError, failureMessage, testResults, coverage }) {
    const error = testExecError ? String(failureMessage || testExecError.message).slice(0, 4000) : undefined;
    const files = Object.values(coverage ?? {});
    const unseen = files.filter((file) => !this.seen.has(file.path));
    for (const file of unseen) this.seen.add(file.path);
    const covered = linesOf(files, (hits) => hits > 0);
    send({ kind: 'finished', file: path, error, cases: testResults.map(testCase), covered, lines: linesOf(unseen, () => true) });
  }
  onRunComplete(contexts, { numTotalTestSuites, numTotalTests }) {
    send({ kind: 'complete', files: numTotalTestSuites, tests: numTotalTests });
  }
};
`;
