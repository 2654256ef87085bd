import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { changedRanges } from '../../../../src/runtime/qa/mutation/changed-lines.ts';
import { runMutation } from '../../../../src/runtime/qa/mutation/mutation-suite.ts';
import { projectSandbox } from '../../../../src/runtime/qa/project-sandbox.ts';
import { bareProductOf } from '../product.ts';
import { THIS_MACHINE } from '../this-machine.ts';

const SOURCE = 'export const price = (n) =>\n  n > 10 ? n * 4 : n * 5;\n';
const at = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
/** As Stryker 10 writes it, shortened. */
const REPORT = {
  schemaVersion: '1.0',
  files: {
    'price.mjs': {
      language: 'javascript',
      source: SOURCE,
      mutants: [
        { id: '0', mutatorName: 'EqualityOperator', replacement: 'n >= 10', status: 'Survived', location: at(2, 3, 9) },
        { id: '1', mutatorName: 'ArithmeticOperator', replacement: 'n / 5', status: 'Killed', location: at(2, 20, 25) },
        { id: '2', mutatorName: 'ArithmeticOperator', replacement: 'n / 4', status: 'NoCoverage', location: at(2, 12, 17) },
        { id: '3', mutatorName: 'X', replacement: '', status: 'Timeout', location: at(1, 1, 2) },
        { id: '4', mutatorName: 'X', replacement: '', status: 'CompileError', location: at(1, 1, 2) },
      ],
    },
  },
};
const RANGES = [{ path: 'price.mjs', from: 2, to: 2 }];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(program: string): void {
  const core = join(folder, 'node_modules', '@stryker-mutator', 'core');
  mkdirSync(join(core, 'bin'), { recursive: true });
  writeFileSync(join(core, 'package.json'), '{"name":"@stryker-mutator/core","version":"10.0.0","type":"module"}');
  writeFileSync(join(core, 'bin', 'stryker.js'), program);
}

function run(least?: number) {
  const sandbox = projectSandbox(bareProductOf({ 'price.mjs': SOURCE }), {
    scratch: mkdtempSync(join(folder, 'run-')),
    installed: folder,
  });
  return runMutation(RANGES, { installed: folder, sandbox, machine: THIS_MACHINE, least });
}

/** In place of Stryker, whose own report it leaves: what is tested is what we ask and how we read the answer. */
const leaving = (report: string) => `
import { mkdirSync, writeFileSync } from 'node:fs';
if (!process.argv.join(' ').includes('run --mutate price.mjs:2-2 --reporters json')) process.exit(9);
mkdirSync('reports/mutation', { recursive: true });
writeFileSync('reports/mutation/mutation.json', ${JSON.stringify(report)});
`;

describe('runMutation', () => {
  it('says how many mutants were run, and which no test noticed', async () => {
    install(leaving(JSON.stringify(REPORT)));
    const { findings, tools } = await run();
    expect(findings.map(({ code, line, message }) => `${code} ${line ?? ''} ${message}`)).toEqual([
      'QA_MUTATION  4 of 5 mutants run, 2 noticed by tests.',
      'QA_MUTANT_SURVIVED 2 `n > 10` → `n >= 10` (EqualityOperator): no test notices.',
      'QA_MUTANT_SURVIVED 2 `n * 4` → `n / 4` (ArithmeticOperator): no test reaches it.',
    ]);
    expect(findings.every(({ level }) => level === 'note')).toBe(true);
    expect(tools).toMatchObject({ '@stryker-mutator/core': '10.0.0' });
  });

  it('fails where fewer were noticed than are asked for', async () => {
    install(leaving(JSON.stringify(REPORT)));
    expect((await run(0.5)).findings[0]).toMatchObject({ code: 'QA_MUTATION', level: 'note' });
    expect((await run(0.6)).findings[0]).toMatchObject({
      code: 'QA_MUTATION_LOW',
      path: 'price.mjs',
      line: 2,
      message: expect.stringContaining('price.mjs:2: `n > 10` → `n >= 10` (EqualityOperator): no test notices.') as string,
    });
  });

  it('fails without a report, with one that is none, and without Stryker', async () => {
    expect((await run()).findings).toMatchObject([{ code: 'QA_TOOL_MISSING' }]);
    install('console.error("no such plugin"); process.exit(1);');
    expect((await run()).findings).toMatchObject([
      { code: 'QA_REPORT_MISSING', message: expect.stringContaining('no such plugin') as string },
    ]);
    install(leaving('{"files": 3}'));
    expect((await run()).findings).toMatchObject([{ code: 'QA_REPORT_MISSING' }]);
  });
});

describe('changedRanges', () => {
  it('are the lines of code that were put there, in runs; no tests, no settings', () => {
    const before = new Map([
      ['a.ts', 'one\ntwo\nthree\n'],
      ['gone.ts', 'x\n'],
    ]);
    const after = new Map([
      ['a.ts', 'one\nTWO\nTWO AND A HALF\nthree\nfour\n'],
      ['a.test.ts', 'new\n'],
      ['vitest.config.ts', 'new\n'],
      ['b.d.ts', 'new\n'],
      ['c.py', 'new\n'],
    ]);
    expect(changedRanges({ before, after })).toEqual([
      { path: 'a.ts', from: 2, to: 3 },
      { path: 'a.ts', from: 5, to: 5 },
    ]);
  });
});
