import { describe, expect, it } from 'vitest';

import { readDiagnostics } from '../../../src/runtime/qa/compile.ts';
import type { ProcessResult } from '../../../src/runtime/workspace/process.ts';

const ENDED: ProcessResult = {
  ended: 'exited',
  code: 2,
  signal: undefined,
  stdout: '',
  stderr: '',
  truncated: false,
  durationMs: 1,
};

describe('readDiagnostics', () => {
  it('keeps an explanation with its error', () => {
    const stdout = [
      "src/a.ts(3,7): error TS2322: Type 'A' is not assignable to type 'B'.",
      "  Property 'x' is missing in type 'A'.",
      "test/b.test.ts(10,1): error TS2304: Cannot find name 'y'.",
      '',
    ].join('\n');
    expect(readDiagnostics({ ...ENDED, stdout }, 'tsconfig.json')).toEqual({
      incomplete: false,
      findings: [
        {
          code: 'QA_COMPILE',
          path: 'src/a.ts',
          line: 3,
          message: "TS2322: Type 'A' is not assignable to type 'B'.\n  Property 'x' is missing in type 'A'.",
        },
        { code: 'QA_COMPILE', path: 'test/b.test.ts', line: 10, message: "TS2304: Cannot find name 'y'." },
      ],
    });
  });

  it('knows that a syntax error hides all others', () => {
    expect(
      readDiagnostics({ ...ENDED, stdout: 'src/a.ts(1,19): error TS1109: Expression expected.' }, 'tsconfig.json').incomplete,
    ).toBe(true);
  });

  it('takes an error without a place as one of the project', () => {
    const { findings } = readDiagnostics({ ...ENDED, stdout: "error TS5023: Unknown compiler option 'x'." }, 'tsconfig.json');
    expect(findings).toEqual([{ code: 'QA_COMPILE', message: "TS5023: Unknown compiler option 'x'." }]);
  });

  it.each([
    [{ code: 0 }, []],
    [{ code: 1, stderr: 'panic' }, ['QA_COMPILE']],
    [{ ended: 'timeout' as const, code: undefined }, ['QA_TIMEOUT']],
    [{ ended: 'signalled' as const, code: undefined, signal: 'SIGKILL' }, ['QA_KILLED']],
  ])('judges %j by how it ended', (end, codes) => {
    expect(readDiagnostics({ ...ENDED, ...end }, 'tsconfig.json').findings.map(({ code }) => code)).toEqual(codes);
  });
});
