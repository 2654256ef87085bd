import { describe, expect, it } from 'vitest';

import { readCtrf } from '../../../../src/runtime/qa/reports/ctrf.ts';
import { readJunit } from '../../../../src/runtime/qa/reports/junit.ts';
import { readLcov } from '../../../../src/runtime/qa/reports/lcov.ts';
import { readSarif } from '../../../../src/runtime/qa/reports/sarif.ts';

const place = {
  root: '/work/product',
  known: new Set(['src/weight.py', 'tests/test_weight.py', 'src/test/java/com/example/WeightTest.java', 'src/main.ts']),
  name: 'make',
};

describe('readJunit', () => {
  it('finds the file of a test by its attribute, its class, or its suite', () => {
    const { files } = readJunit(
      `<?xml version="1.0"?>
      <testsuites tests="5" failures="1"><testsuite name="tests/test_weight.py">
        <testcase classname="tests.test_weight.TestWeight" name="sums" time="0.1"/>
        <testcase classname="com.example.WeightTest" name="weighs"><skipped/></testcase>
        <testcase name="adds &lt;two&gt;" file="./src/weight.py" line="7">
          <failure message="wrong"><![CDATA[AssertionError
  at /work/product/src/main.ts:3:1
  at src/weight.py:9:1]]></failure>
        </testcase>
        <testcase name="by suite"/>
        <testsuite name="nowhere"><testcase classname="Unknown" name="lost"><error/></testcase></testsuite>
      </testsuite></testsuites>`,
      place,
    );
    expect(files.map(({ path, cases }) => [path, cases])).toEqual([
      [
        'tests/test_weight.py',
        [
          { name: 'tests.test_weight.TestWeight > sums', status: 'passed' },
          { name: 'by suite', status: 'passed' },
        ],
      ],
      ['src/test/java/com/example/WeightTest.java', [{ name: 'com.example.WeightTest > weighs', status: 'skipped' }]],
      [
        'src/weight.py',
        [
          {
            name: 'adds <two>',
            status: 'failed',
            line: 9,
            message: 'wrong\nAssertionError\n  at src/main.ts:3:1\n  at src/weight.py:9:1',
            related: ['src/main.ts'],
          },
        ],
      ],
      ['make', [{ name: 'Unknown > lost', status: 'failed', message: '', related: [] }]],
    ]);
  });

  it.each([
    ['no XML', 'ok 1 - all'],
    ['another document', '<html/>'],
    ['failures that it hides', '<testsuite tests="2" failures="1"><testcase name="a"/></testsuite>'],
    [
      'entities of its own',
      '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>',
    ],
    [
      'a file of this machine',
      '<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/hosts">]><testsuite><testcase name="&a;"/></testsuite>',
    ],
  ])('does not take %s', (_, text) => {
    expect(() => readJunit(text, place)).toThrow(/./);
  });
});

describe('readCtrf', () => {
  const report = (summary: object, tests: object[]) => JSON.stringify({ reportFormat: 'CTRF', results: { summary, tests } });

  it('reads tests with their files, and what was flaky', () => {
    const tests = [
      { name: 'a', status: 'passed', filePath: 'src/main.ts', flaky: true, suite: ['outer', 'inner'] },
      { name: 'b', status: 'failed', filePath: '/work/product/src/main.ts', message: 'wrong', line: 3 },
      { name: 'c', status: 'pending' },
    ];
    expect(readCtrf(report({ tests: 3, failed: 1 }, tests), place).files).toMatchObject([
      {
        path: 'src/main.ts',
        flaky: ['outer > inner > a'],
        cases: [{ status: 'passed' }, { name: 'b', status: 'failed', line: 3, message: 'wrong' }],
      },
      { path: 'make', cases: [{ name: 'c', status: 'skipped' }] },
    ]);
  });

  it('does not take a summary that does not fit', () => {
    expect(() => readCtrf(report({ tests: 1, failed: 0 }, [{ name: 'a', status: 'failed' }]), place)).toThrow(/does not fit/);
    expect(() => readCtrf('{}', place)).toThrow(/no `results.tests`/);
  });
});

describe('readSarif', () => {
  it('takes errors for errors and the rest for notes, by the level of the rule where a result has none', () => {
    const at = (uri: string) => [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 4 } } }];
    const log = {
      runs: [
        {
          tool: { driver: { name: 'lint', rules: [{ id: 'bad', defaultConfiguration: { level: 'error' } }] } },
          results: [
            { ruleId: 'bad', message: { text: 'no' }, locations: at('src/main.ts') },
            { ruleId: 'meh', message: { text: 'so so' }, locations: at('file:///work/product/src/weight.py') },
            { ruleId: 'bad', level: 'error', message: { text: 'known' }, suppressions: [{ kind: 'inSource' }] },
            { ruleId: 'bad', kind: 'pass', message: { text: 'fine' } },
          ],
        },
      ],
    };
    expect(readSarif(JSON.stringify(log), place).findings).toEqual([
      { code: 'QA_STATIC', path: 'src/main.ts', line: 4, message: 'bad: no' },
      { code: 'QA_STATIC', level: 'note', path: 'src/weight.py', line: 4, message: 'meh: so so' },
    ]);
  });
});

describe('readLcov', () => {
  it('reads lines of files of the product', () => {
    const text =
      'TN:\nSF:/work/product/src/main.ts\nDA:1,2\nDA:2,0\nend_of_record\nSF:/usr/lib/other.ts\nDA:9,1\nend_of_record\n';
    const { lines, covered } = readLcov(text, place);
    expect([[...lines], [...covered]]).toEqual([[['src/main.ts', new Set([1, 2])]], [['src/main.ts', new Set([1])]]]);
  });
});
