import { describe, expect, it } from 'vitest';

import type { CheckResult } from '../../src/runtime/qa/report.ts';
import { coverageTools } from '../../src/runtime/qa/runners/rust-coverage.ts';
import { runProcess } from '../../src/runtime/workspace/process.ts';
import { codesOf, judgeFiles } from '../runtime/qa/judge-files.ts';
import { isHere, THIS_MACHINE } from '../runtime/qa/this-machine.ts';

const judge = (files: Record<string, string>): Promise<CheckResult> =>
  judgeFiles(files, { machine: THIS_MACHINE, limits: { stallMs: 500 } });
const CARGO = '[package]\nname = "parcels"\nversion = "0.1.0"\nedition = "2021"\n';
const test = (name: string, body: string) => `#[test]\nfn ${name}() {\n    ${body}\n}\n`;

async function hasTools(): Promise<boolean> {
  const about = async (...flags: string[]) => {
    const options = { cwd: '/', env: { PATH: THIS_MACHINE.path, HOME: THIS_MACHINE.home }, timeoutMs: 30_000 };
    return (await runProcess(['rustc', ...flags], options)).stdout;
  };
  const found = await coverageTools(
    { sysroot: (await about('--print', 'sysroot')).trim(), about: await about('-vV') },
    THIS_MACHINE,
  );
  return !('lacking' in found);
}

describe.skipIf(!isHere('cargo'))('a product of Rust', () => {
  it('gives each file its own judgement, unit tests by the file of their module', async () => {
    const result = await judge({
      'Cargo.toml': CARGO,
      'src/lib.rs': 'pub mod weight;\n',
      'src/weight.rs': `pub fn sum(parts: &[i32]) -> i32 {\n    if parts.is_empty() {\n        panic!("no parts");\n    }\n    parts.iter().sum()\n}\n\n#[cfg(test)]\nmod tests {\n    use super::sum;\n\n    ${test('sums', 'assert_eq!(sum(&[1, 2]), 3);').replaceAll('\n', '\n    ')}\n    #[ignore]\n    ${test('later', '').replaceAll('\n', '\n    ')}}\n`,
      'tests/fails.rs': `${test('good', '')}${test('empty', 'assert_eq!(parcels::weight::sum(&[]), 0);')}`,
      'tests/exits.rs': `${test('good', '')}${test('leaves', 'std::process::exit(0);')}`,
      'tests/aborts.rs': test('dies', 'std::process::abort();'),
      'tests/loops.rs': test('never_ends', 'loop {}'),
      'src/forgotten.rs': test('unseen', ''),
    });
    const errors = result.findings.filter(({ level }) => level !== 'note');
    expect(codesOf({ ...result, findings: errors })).toEqual([
      'QA_KILLED tests/aborts.rs',
      'QA_NO_TESTS src/forgotten.rs',
      'QA_RUNNER_CRASHED tests/exits.rs',
      'QA_TEST_FAILED tests/fails.rs',
      'QA_TIMEOUT tests/loops.rs',
    ]);
    expect(result.passed).toEqual(['src/weight.rs > weight::tests::sums', 'tests/fails.rs > good']);
    const failure = result.findings.find(({ path }) => path === 'tests/fails.rs');
    expect(failure).toMatchObject({ related: ['src/weight.rs'], message: expect.stringContaining('no parts') });
    expect(result.tools).toMatchObject({ cargo: expect.stringMatching(/^1\./) });
  });

  it('is measured by lines where the tools of its LLVM are here, and else that is said', async (context) => {
    const files = {
      'Cargo.toml': CARGO,
      '.cargo/config.toml': '[build]\nrustflags = ["--cfg", "kept"]\n',
      'src/lib.rs':
        '#[cfg(not(kept))]\ncompile_error!("flags of the project are gone");\n\npub fn sign(n: i32) -> i32 {\n    if n < 0 {\n        return -1;\n    }\n    1\n}\n',
      'src/main.rs': 'fn main() {\n    println!("{}", parcels::sign(1));\n}\n',
      'tests/sign.rs': test('plus', 'assert_eq!(parcels::sign(3), 1);'),
    };
    const { coverage, findings, coverageByPath } = await judge(files);
    if (!(await hasTools())) {
      expect(findings).toMatchObject([{ code: 'QA_COVERAGE_UNMEASURED', level: 'note' }]);
      context.skip('llvm-cov of its LLVM is not here');
    }
    expect(findings).toEqual([]);
    expect(Object.fromEntries(coverageByPath)).toEqual({ 'src/lib.rs': 5 / 6, 'src/main.rs': 0 });
    expect(coverage).toBeCloseTo(5 / 9);
  });

  it('fails for what does not compile, and for a package that is not here', async () => {
    const wrong = { 'Cargo.toml': CARGO, 'src/lib.rs': 'pub fn one() -> i32 {\n    "text"\n}\n', 'tests/a.rs': test('one', '') };
    const result = await judge(wrong);
    expect(result.findings).toMatchObject([{ code: 'QA_COMPILE', path: 'src/lib.rs', line: 2 }]);
    const lacking = { ...wrong, 'Cargo.toml': `${CARGO}\n[dependencies]\nno-such-package-anywhere = "1"\n` };
    expect(codesOf(await judge(lacking))).toEqual(['QA_DEPENDENCY_MISSING Cargo.toml']);
  });
});

describe('without Cargo', () => {
  it('fails, and says what to install', async () => {
    expect(codesOf(await judgeFiles({ 'Cargo.toml': CARGO, 'tests/a.rs': test('one', '') }))).toEqual([
      'QA_TOOL_MISSING Cargo.toml',
    ]);
  });
});
