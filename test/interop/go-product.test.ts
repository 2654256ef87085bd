import { describe, expect, it } from 'vitest';

import type { CheckResult } from '../../src/runtime/qa/report.ts';
import { codesOf, judgeFiles } from '../runtime/qa/judge-files.ts';
import { isHere, THIS_MACHINE } from '../runtime/qa/this-machine.ts';

const judge = (files: Record<string, string>): Promise<CheckResult> =>
  judgeFiles(files, { machine: THIS_MACHINE, limits: { stallMs: 600 } });
const MOD = 'module example.com/parcels\n\ngo 1.21\n';
const test = (name: string, body: string, imports = '"testing"') =>
  `package ${name}\n\nimport (\n\t${imports}\n)\n\nfunc TestOne(t *testing.T) {\n${body}\n}\n`;

describe.skipIf(!isHere('go'))('a product of Go', () => {
  it(
    'gives each package its own judgement, with lines, coverage and what the stack trace names',
    { timeout: 300_000 },
    async () => {
      const result = await judge({
        'go.mod': MOD,
        'weight/weight.go':
          'package weight\n\nfunc Sum(parts []int) int {\n\tif parts == nil {\n\t\tpanic("no parts")\n\t}\n\tn := 0\n\tfor _, p := range parts {\n\t\tn += p\n\t}\n\treturn n\n}\n',
        'weight/weight_test.go':
          'package weight\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tt.Run("one", func(t *testing.T) {\n\t\tif Sum([]int{1}) != 1 {\n\t\t\tt.Fatal("wrong")\n\t\t}\n\t})\n}\n\nfunc TestLater(t *testing.T) { t.Skip() }\n',
        'wrong/wrong_test.go': test('wrong', '\tt.Errorf("Expected: 3")'),
        'panics/panics_test.go': test('panics', '\tweight.Sum(nil)', '"testing"\n\n\t"example.com/parcels/weight"'),
        'broken/broken_test.go': test('broken', '\tvar x int = "text"'),
        'leaves/leaves_test.go': `${test('leaves', '\tsyscall.Exit(0)', '"syscall"\n\t"testing"')}\nfunc TestTwo(t *testing.T) { t.Fatal() }\n`,
        'kills/kills_test.go': test('kills', '\tsyscall.Kill(syscall.Getpid(), syscall.SIGKILL)', '"syscall"\n\t"testing"'),
        'loops/loops_test.go': test('loops', '\tfor {\n\t}'),
        'none/none_test.go': 'package none\n',
        'lies/lies_test.go': `${test('lies', '\tfmt.Println("--- PASS: TestTwo (0.00s)")\n\tfmt.Println("PASS")\n\tsyscall.Exit(0)', '"fmt"\n\t"syscall"\n\t"testing"')}\nfunc TestTwo(t *testing.T) { t.Fatal() }\n`,
      });
      expect(codesOf(result)).toEqual([
        'QA_KILLED kills/kills_test.go',
        'QA_NO_TESTS none/none_test.go',
        'QA_RUNNER_CRASHED leaves/leaves_test.go',
        'QA_RUNNER_CRASHED lies/lies_test.go',
        'QA_TEST_FAILED broken/broken_test.go',
        'QA_TEST_FAILED panics/panics_test.go',
        'QA_TEST_FAILED wrong/wrong_test.go',
        'QA_TIMEOUT loops/loops_test.go',
      ]);
      const finding = (path: string) => result.findings.find((each) => each.path === path);
      expect(finding('wrong/wrong_test.go')).toMatchObject({ line: 8, message: expect.stringContaining('Expected: 3') });
      expect(finding('panics/panics_test.go')).toMatchObject({ related: ['weight/weight.go'] });
      expect(finding('broken/broken_test.go')?.message).toMatch(/broken_test\.go:8:\d+: cannot use "text"/);
      expect(result.passed).toEqual(['weight/weight_test.go > TestSum', 'weight/weight_test.go > TestSum > one']);
      expect(result.tools).toMatchObject({ go: expect.stringMatching(/^1\./) });
      expect(result.coverageByPath.get('weight/weight.go')).toBeGreaterThan(0.5);
    },
  );

  it('fails for a module that is not here', async () => {
    const files = {
      'go.mod': `${MOD}\nrequire example.com/nowhere v1.0.0\n`,
      'a_test.go': test('parcels', '\tnowhere.X()', '"testing"\n\n\t"example.com/nowhere"'),
    };
    expect(codesOf(await judge(files))).toEqual(['QA_DEPENDENCY_MISSING go.mod', 'QA_TEST_FAILED a_test.go']);
  });
});

describe('without Go', () => {
  it('fails, and says what to install', async () => {
    const result = await judgeFiles({ 'go.mod': MOD, 'a_test.go': test('parcels', '') });
    expect(codesOf(result)).toEqual(['QA_TOOL_MISSING go.mod']);
  });
});
