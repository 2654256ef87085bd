import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { jestPath } from '../../../../src/runtime/workspace/compiler/compiler.ts';
import { makeShop } from './fixture.ts';

let folder: string;

beforeAll(async () => {
  folder = (await makeShop()).write();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface JestReport {
  numTotalTests: number;
  numFailedTests: number;
  numPassedTests: number;
  testResults: { name: string; message: string }[];
}

function run(command: string, args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function jest(...args: string[]): JestReport {
  const report = join(folder, 'report.json');
  const runner = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--seed=7',
    '--json',
    `--outputFile=${report}`,
  ];
  run(process.execPath, [...runner, ...args]);
  return JSON.parse(readFileSync(report, 'utf8')) as JestReport;
}

test('the package compiles strictly, passes its own tests, and covers its own source lines', { timeout: 60_000 }, () => {
  expect(run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']).output).toBe('');

  const report = jest('--coverage', '--coverageReporters=json-summary');

  expect(report.testResults.map(({ message }) => message.trim()).filter((message) => message !== '')).toEqual([]);
  expect(report.numTotalTests).toBeGreaterThan(60);
  expect(report.numPassedTests).toBe(report.numTotalTests);
  const coverage = JSON.parse(readFileSync(join(folder, 'coverage/coverage-summary.json'), 'utf8')) as Record<
    string,
    { lines: { pct: number } }
  >;
  const pct = (path: string): number | undefined => coverage[join(folder, path)]?.lines.pct;
  expect(pct('src/contracts/order.ts')).toBe(100);
  expect(pct('src/components/shop-desk.ts')).toBe(100);
  expect(pct('src/integrations/post-office.ts')).toBe(100);
  expect(pct('src/contracts/order.validator.ts')).toBeGreaterThan(80);
});

test('its tests fail when a validator or a stub lets something through', { timeout: 60_000 }, () => {
  const validator = join(folder, 'dist/src/contracts/order.validator.js');
  const text = readFileSync(validator, 'utf8');
  writeFileSync(validator, text.replace('data.total !== undefined', 'false'));

  const contract = jest('--runTestsByPath', jestPath('test/contracts/order.test.ts'));
  expect(contract.numFailedTests).toBeGreaterThan(0);
  expect(contract.testResults[0]?.name).toContain(jestPath('test/contracts/order.test.ts'));
  const component = jest('--runTestsByPath', jestPath('test/components/shop-desk.test.ts'));
  expect(component.numFailedTests).toBeGreaterThan(0);

  writeFileSync(validator, text);
  expect(jest('--runTestsByPath', jestPath('test/contracts/order.test.ts')).numFailedTests).toBe(0);
});

test('its files are as a formatter leaves them', () => {
  const config = join(folder, 'oxfmtrc.json');
  writeFileSync(
    config,
    JSON.stringify({
      printWidth: 120,
      singleQuote: true,
      ignorePatterns: [
        'dist/**',
        '*.md',
        '**/*.md',
        '**/*.validator.ts',
        'src/base/formats.ts',
        'coverage/**',
        '*report.json',
        'oxfmtrc.json',
      ],
    }),
  );
  const { output, status } = run(join(folder, 'node_modules/.bin/oxfmt'), [
    '-c',
    config,
    '--check',
    'src',
    'test',
    'schemas',
    'api',
    'docs',
    'package.json',
    'tsconfig.json',
    'traceability.json',
    'jest.config.js',
  ]);
  expect(output).not.toContain('Format issues');
  expect(status).toBe(0);
});
