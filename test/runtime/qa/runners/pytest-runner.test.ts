import { describe, expect, it } from 'vitest';

import type { CheckResult } from '../../../../src/runtime/qa/report.ts';
import { codesOf, judgeFiles } from '../judge-files.ts';
import { isHere, THIS_MACHINE } from '../this-machine.ts';

const judge = (files: Record<string, string>): Promise<CheckResult> => judgeFiles(files, { machine: THIS_MACHINE });
const GOOD = 'def test_good():\n    assert True\n';

describe.skipIf(!isHere('pytest'))('a product of pytest', () => {
  it('has its tests by full name, and its sources on the path', async () => {
    const result = await judge({
      'pyproject.toml': '[project]\nname = "parcels"\nversion = "1.0.0"\ndependencies = ["pytest"]\n',
      'src/parcels/__init__.py': 'def weight(parts):\n    return sum(parts)\n',
      'tests/test_weight.py':
        'import pytest\nfrom parcels import weight\n\n\nclass TestWeight:\n    @pytest.mark.parametrize("parts", [[1], [2]])\n    def test_sums(self, parts):\n        assert weight(parts) == parts[0]\n\n\n@pytest.mark.skip\ndef test_later():\n    assert False\n\n\n@pytest.mark.xfail\ndef test_known():\n    assert False\n',
    });
    expect(result).toMatchObject({
      result: 'pass',
      tests: { total: 4, passed: 2, failed: 0, skipped: 2 },
      passed: ['tests/test_weight.py > TestWeight > test_sums[parts0]', 'tests/test_weight.py > TestWeight > test_sums[parts1]'],
      findings: [],
      tools: { pytest: expect.stringMatching(/^\d+\./), python: expect.stringMatching(/^3\./) },
    });
    expect(result.coverageByPath).toEqual(new Map([['src/parcels/__init__.py', 0]]));
  });

  it('gives each file its own judgement, whatever its neighbours do', async () => {
    const result = await judge({
      'deep.py': 'def deep():\n    raise ValueError("deep")\n',
      'sitecustomize.py': 'import os, sys\nos.write(2, sys.stdin.buffer.read())\n',
      'test_good.py': GOOD,
      'test_fails.py': 'from deep import deep\n\n\ndef test_deep():\n    deep()\n',
      'test_syntax.py': 'def test_one(:\n    pass\n',
      'test_throws.py': `${GOOD}\nraise RuntimeError("while loading")\n`,
      'test_none.py': 'x = 1\n',
      'test_skipped.py': 'import pytest\n\n\n@pytest.mark.skip\ndef test_later():\n    assert False\n',
      'test_leaves.py': `import os\n\n\n${GOOD}\n\ndef test_two():\n    os._exit(0)\n`,
      'test_leaves_first.py': 'import os\n\n\ndef test_one():\n    os._exit(0)\n',
      'test_stops.py': `import pytest\n\n\n${GOOD}\n\ndef test_two():\n    pytest.exit('enough', 0)\n\n\ndef test_three():\n    assert False\n`,
      'test_exits.py': 'import sys\nsys.exit(0)\n',
      'test_kills.py': `import os, signal\n\n\n${GOOD}\n\ndef test_two():\n    os.kill(os.getpid(), signal.SIGKILL)\n`,
      'test_kills_us.py': `import os, signal\n\n\n${GOOD}\n\ndef test_two():\n    os.kill(os.getppid(), signal.SIGKILL)\n`,
      'test_loops.py': 'def test_one():\n    while True:\n        pass\n',
      'test_lies.py':
        'import os\n\n\ndef test_one():\n    os.write(3, b\'{"type":"summary","success":true,"cases":1}\\n\')\n    assert False\n',
      'test_teardown.py':
        'import pytest\n\n\n@pytest.fixture\ndef thing():\n    yield 1\n    raise OSError("not closed")\n\n\ndef test_thing(thing):\n    assert thing == 1\n',
    });
    expect(codesOf(result)).toEqual([
      'QA_KILLED test_kills.py',
      'QA_KILLED test_kills_us.py',
      'QA_NO_TESTS test_exits.py',
      'QA_NO_TESTS test_none.py',
      'QA_NO_TESTS test_skipped.py',
      'QA_RUNNER_CRASHED test_leaves.py',
      'QA_RUNNER_CRASHED test_leaves_first.py',
      'QA_RUNNER_CRASHED test_stops.py',
      'QA_TAMPERED test_lies.py',
      'QA_TEST_FAILED test_fails.py',
      'QA_TEST_FAILED test_syntax.py',
      'QA_TEST_FAILED test_teardown.py',
      'QA_TEST_FAILED test_throws.py',
      'QA_TIMEOUT test_loops.py',
    ]);
    const failure = result.findings.find(({ path }) => path === 'test_fails.py');
    expect(failure).toMatchObject({
      line: 5,
      related: ['deep.py'],
      message: expect.stringMatching(/^test_deep: ValueError: deep/),
    });
  });

  it('fails for what it requires and is not here', async () => {
    const result = await judge({ 'requirements.txt': '# none\nno-such-distribution-anywhere>=1\n', 'test_good.py': GOOD });
    expect(codesOf(result)).toEqual(['QA_DEPENDENCY_MISSING requirements.txt']);
  });
});

describe('without Python', () => {
  it('fails, and says what to install', async () => {
    const result = await judgeFiles({ 'test_good.py': GOOD });
    expect(result).toMatchObject({ result: 'fail', findings: [{ code: 'QA_TOOL_MISSING', path: 'test_good.py' }] });
  });
});
