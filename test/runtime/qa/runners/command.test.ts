import { describe, expect, it } from 'vitest';

import type { QaCommand } from '../../../../src/runtime/qa/runners/command.ts';
import type { CheckResult } from '../../../../src/runtime/qa/report.ts';
import { codesOf, judgeFiles } from '../judge-files.ts';
import { THIS_MACHINE } from '../this-machine.ts';

const XML = '<testsuite tests="1" failures="0"><testcase name="weighs" file="src/scale.zig"/></testsuite>';
const LCOV = 'SF:src/scale.zig\\nDA:1,1\\nDA:2,0\\nend_of_record\\n';

/** A command that runs a script of the product. */
function command(reports: QaCommand['reports'], ...args: string[]): QaCommand {
  return { name: 'make', argv: ['node', 'run.mjs', ...args], reports };
}

function judge(script: string, commands: QaCommand[], more: Record<string, string> = {}): Promise<CheckResult> {
  const files = {
    'src/scale.zig': 'pub fn main() void {}\n',
    'run.mjs': `import { writeFileSync as write } from 'node:fs';\n${script}\n`,
    ...more,
  };
  return judgeFiles(files, { commands, machine: THIS_MACHINE });
}

const JUNIT = [{ format: 'junit', path: 'out/report.xml' }] as const;
const IN_OUT = `import { mkdirSync } from 'node:fs';\nmkdirSync('out', { recursive: true });\n`;

describe('a command that leaves reports', () => {
  it('stands in for the tools that could be found', async () => {
    const reports = [
      { format: 'junit', path: '{out}/report.xml' },
      { format: 'lcov', path: '{out}/lcov.info' },
    ] as const;
    const result = await judge(
      `write(process.argv[2] + '/report.xml', \`${XML}\`);\nwrite(process.argv[2] + '/lcov.info', '${LCOV}');`,
      [command(reports, '{out}')],
      { 'src/a.test.mjs': 'throw new Error("not run");\n' },
    );
    expect(result).toMatchObject({ result: 'pass', passed: ['src/scale.zig > weighs'], findings: [] });
  });

  it('adds findings and coverage where it reports no test', async () => {
    const sarif = {
      runs: [
        {
          results: [
            {
              ruleId: 'x',
              level: 'error',
              message: { text: 'bad' },
              locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.mjs' } } }],
            },
          ],
        },
      ],
    };
    const files = {
      'src/a.mjs': 'export const a = 1;\n',
      'src/a.test.mjs': "import { test } from 'node:test';\nimport './a.mjs';\ntest('a', () => {});\n",
    };
    const result = await judge(
      `write('x.sarif', '${JSON.stringify(sarif)}');`,
      [command([{ format: 'sarif', path: 'x.sarif' }])],
      files,
    );
    expect(result).toMatchObject({ result: 'fail', passed: ['src/a.test.mjs > a'] });
    expect(codesOf(result)).toEqual(['QA_STATIC src/a.mjs']);
  });

  it.each([
    ['leaves none', '', {}, 'QA_REPORT_MISSING'],
    ['fails and leaves none', 'process.exit(3);', {}, 'QA_RUNNER_CRASHED'],
    ['brought one along', '', { 'out/report.xml': XML }, 'QA_REPORT_MISSING'],
    [
      'says all is well and ends otherwise',
      `${IN_OUT}write('out/report.xml', \`${XML}\`); process.exit(1);`,
      {},
      'QA_RUNNER_CRASHED',
    ],
    ['writes no XML', `${IN_OUT}write('out/report.xml', 'ok');`, {}, 'QA_REPORT_MISSING'],
    ['runs no test', `${IN_OUT}write('out/report.xml', '<testsuite/>');`, {}, 'QA_NO_TESTS'],
    [
      'links it to something else',
      `import { symlinkSync } from 'node:fs';\n${IN_OUT}symlinkSync('/dev/zero', 'out/report.xml');`,
      {},
      'QA_REPORT_MISSING',
    ],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", {}, 'QA_KILLED'],
  ])('fails when it %s', async (_, script, more, code) => {
    expect(codesOf(await judge(script, [command(JUNIT)], more))).toEqual([code]);
  });

  it('fails when it is not here', async () => {
    const missing: QaCommand = { name: 'make', argv: ['no-such-program-anywhere'], reports: JUNIT };
    expect(codesOf(await judge('', [missing]))).toEqual(['QA_TOOL_MISSING']);
  });
});
