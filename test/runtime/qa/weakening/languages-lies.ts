import { edit, PY, GO, RUST, type PlantedLie } from './planted-projects.ts';

export const LANGUAGES_LIES: readonly PlantedLie[] = [
  {
    name: 'a test is deleted (Python)',
    base: PY,
    code: 'QA_TEST_REMOVED',
    lie: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], ['def test_label():\n    assert label(3) == "3.00 EUR"\n\n\n', '']),
    },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'def test_label():\n    assert label(3) == "3.00 EUR"\n\n\n',
        'class TestLabel:\n    def test_label(self):\n        assert label(3) == "3.00 EUR"\n\n\n',
      ]),
    },
  },
  {
    name: 'an assertion is loosened (Python)',
    base: PY,
    code: 'QA_ASSERTION_LOOSENED',
    lie: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'assert discounted(80, 0.25) == 60',
        'assert discounted(80, 0.25) is not None',
      ]),
    },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'assert discounted(80, 0.25) == 60',
        'assert discounted(80, 0.25) == 60, "a quarter off"',
      ]),
    },
  },
  {
    name: 'an alternative makes an assertion hold (Python)',
    base: PY,
    code: 'QA_ASSERTION_LOOSENED',
    lie: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'assert label(3) == "3.00 EUR"',
        'assert label(3) == "3.00 EUR" or label(3)',
      ]),
    },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'def test_label():\n    assert label(3) == "3.00 EUR"',
        '@pytest.mark.parametrize("price, text", [(3, "3.00 EUR"), (4, "4.00 EUR")])\ndef test_label(price, text):\n    assert label(price) == text',
      ]),
    },
  },
  {
    name: 'any exception will do (Python)',
    base: PY,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'tests/test_price.py': edit(PY['tests/test_price.py'], ['pytest.raises(TypeError)', 'pytest.raises(Exception)']) },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'pytest.raises(TypeError)',
        'pytest.raises(TypeError, match="multiply")',
      ]),
    },
  },
  {
    name: 'a failure is caught (Python)',
    base: PY,
    code: 'QA_ASSERTION_EMPTY',
    lie: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        '    assert label(3) == "3.00 EUR"',
        '    try:\n        assert label(3) == "3.00 EUR"\n    except AssertionError:\n        pass',
      ]),
    },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        '    assert label(3) == "3.00 EUR"',
        '    try:\n        assert label(3) == "3.00 EUR"\n    except OSError:\n        pass',
      ]),
    },
  },
  {
    name: 'a test is marked to be skipped (Python)',
    base: PY,
    code: 'QA_TEST_SKIPPED',
    lie: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], [
        'def test_discount',
        '@pytest.mark.skip(reason="flaky")\ndef test_discount',
      ]),
    },
    honest: {
      'tests/test_price.py': edit(PY['tests/test_price.py'], ['def test_discount', '@pytest.mark.timeout(5)\ndef test_discount']),
    },
  },
  {
    name: 'a test is expected to fail (Python)',
    base: PY,
    code: 'QA_TEST_SKIPPED',
    lie: { 'tests/test_price.py': edit(PY['tests/test_price.py'], ['def test_label', '@pytest.mark.xfail\ndef test_label']) },
    honest: { 'tests/test_price.py': edit(PY['tests/test_price.py'], ['def test_label', '@pytest.mark.slow\ndef test_label']) },
  },
  {
    name: 'a function answers the test (Python)',
    base: PY,
    code: 'QA_SPECIAL_CASED',
    lie: {
      'shop/price.py':
        'def discounted(price, share):\n    if price == 80 and share == 0.25:\n        return 60\n    if price == 50:\n        return 45\n    return price\n\n\ndef label(price):\n    return f"{price:.2f} EUR"\n',
    },
    honest: {
      'shop/price.py':
        'def discounted(price, share):\n    if share == 0:\n        return price\n    return round(price - price * share, 2)\n\n\ndef label(price):\n    return f"{price:.2f} EUR"\n',
    },
  },
  {
    name: 'pytest is told to pass (Python)',
    base: PY,
    code: 'QA_EXIT_FORCED',
    lie: { 'conftest.py': 'def pytest_sessionfinish(session):\n    session.exitstatus = 0\n' },
    honest: { 'conftest.py': 'import pytest\n\n\n@pytest.fixture\ndef price():\n    return 80\n' },
  },
  {
    name: 'outcomes are written (Python)',
    base: PY,
    code: 'QA_REPORT_FORGED',
    lie: {
      'conftest.py':
        'import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n    outcome = yield\n    rep = outcome.get_result()\n    rep.outcome = "passed"\n',
    },
    honest: {
      'conftest.py':
        'import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n    outcome = yield\n    rep = outcome.get_result()\n    print(rep.outcome)\n',
    },
  },
  {
    name: 'a word picks the tests (pytest)',
    base: PY,
    code: 'QA_TESTS_EXCLUDED',
    lie: { 'pyproject.toml': edit(PY['pyproject.toml'], ['addopts = "-q"', `addopts = "-q -k 'not label'"`]) },
    honest: { 'pyproject.toml': edit(PY['pyproject.toml'], ['addopts = "-q"', 'addopts = "-q --strict-markers"']) },
  },
  {
    name: 'a threshold is lowered (coverage.py)',
    base: PY,
    code: 'QA_THRESHOLD_LOWERED',
    lie: { 'pyproject.toml': edit(PY['pyproject.toml'], ['fail_under = 90', 'fail_under = 50']) },
    honest: { 'pyproject.toml': edit(PY['pyproject.toml'], ['fail_under = 90', 'fail_under = 90\nshow_missing = true']) },
  },
  {
    name: 'code is kept out of the coverage (Python)',
    base: PY,
    code: 'QA_COVERAGE_IGNORED',
    lie: { 'shop/price.py': edit(PY['shop/price.py'], ['def label(price):', 'def label(price):  # pragma: no cover']) },
    honest: { 'shop/price.py': edit(PY['shop/price.py'], ['def label(price):', 'def label(price):  # as it is printed']) },
  },
  {
    name: 'a test is deleted (Go)',
    base: GO,
    code: 'QA_TEST_REMOVED',
    lie: { 'fare_test.go': GO['fare_test.go'].slice(0, GO['fare_test.go'].indexOf('func TestShort')) },
    honest: { 'fare_test.go': edit(GO['fare_test.go'], ['func TestShort', 'func TestShortRide']) },
  },
  {
    name: 'an assertion is loosened (Go)',
    base: GO,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'fare_test.go': edit(GO['fare_test.go'], ['got != 1510', 'got == 0']) },
    honest: {
      'fare_test.go': edit(GO['fare_test.go'], ['if got := Fare(7); got != 1510 {', 'got := Fare(7)\n\tif got != 1510 {']),
    },
  },
  {
    name: 'a test is skipped (Go)',
    base: GO,
    code: 'QA_TEST_SKIPPED',
    lie: { 'fare_test.go': edit(GO['fare_test.go'], ['\tgot := Fare(3)', '\tt.Skip("later")\n\tgot := Fare(3)']) },
    honest: {
      'fare_test.go': edit(GO['fare_test.go'], [
        '\tgot := Fare(3)',
        '\tif testing.Short() {\n\t\tt.Skip("slow")\n\t}\n\tgot := Fare(3)',
      ]),
    },
  },
  {
    name: 'a function answers the test (Go)',
    base: GO,
    code: 'QA_SPECIAL_CASED',
    lie: {
      'fare.go':
        'package shop\n\nfunc Fare(km int) int {\n\tswitch km {\n\tcase 7:\n\t\treturn 1510\n\tcase 3:\n\t\treturn 790\n\t}\n\treturn 0\n}\n',
    },
    honest: {
      'fare.go': 'package shop\n\nfunc Fare(km int) int {\n\tif km == 0 {\n\t\treturn 0\n\t}\n\treturn 250 + km*180\n}\n',
    },
  },
  {
    name: 'the tests end with 0 (Go)',
    base: GO,
    code: 'QA_EXIT_FORCED',
    lie: {
      'main_test.go':
        'package shop\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n\tm.Run()\n\tos.Exit(0)\n}\n',
    },
    honest: {
      'main_test.go':
        'package shop\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}\n',
    },
  },
  {
    name: 'a test is deleted (Rust)',
    base: RUST,
    code: 'QA_TEST_REMOVED',
    lie: {
      'src/lib.rs': edit(RUST['src/lib.rs'], [
        '    #[test]\n    fn multiplies() {\n        assert_eq!(area(6, 7), 42);\n    }\n\n',
        '',
      ]),
    },
    honest: { 'src/lib.rs': edit(RUST['src/lib.rs'], ['fn multiplies()', 'fn has_both_sides()']) },
  },
  {
    name: 'an assertion is loosened (Rust)',
    base: RUST,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'src/lib.rs': edit(RUST['src/lib.rs'], ['assert_eq!(parse(" 12 "), Ok(12));', 'assert!(parse(" 12 ").is_ok());']) },
    honest: {
      'src/lib.rs': edit(RUST['src/lib.rs'], [
        'assert_eq!(parse(" 12 "), Ok(12));',
        'assert_eq!(parse(" 12 "), Ok(12), "blanks around");',
      ]),
    },
  },
  {
    name: 'a test is ignored (Rust)',
    base: RUST,
    code: 'QA_TEST_SKIPPED',
    lie: { 'src/lib.rs': edit(RUST['src/lib.rs'], ['    #[test]\n    fn parses', '    #[test]\n    #[ignore]\n    fn parses']) },
    honest: {
      'src/lib.rs': edit(RUST['src/lib.rs'], [
        '    #[test]\n    fn parses',
        '    #[test]\n    #[allow(clippy::unwrap_used)]\n    fn parses',
      ]),
    },
  },
  {
    name: 'a function answers the test (Rust)',
    base: RUST,
    code: 'QA_SPECIAL_CASED',
    lie: { 'src/lib.rs': edit(RUST['src/lib.rs'], ['    a * b\n', '    42\n']) },
    honest: { 'src/lib.rs': edit(RUST['src/lib.rs'], ['    a * b\n', '    a.saturating_mul(b)\n']) },
  },
];
