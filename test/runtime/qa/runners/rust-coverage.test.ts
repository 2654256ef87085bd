import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { coverageTools, rustCoverage } from '../../../../src/runtime/qa/runners/rust-coverage.ts';

const ABOUT = 'rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\nLLVM version: 22.1.2\n';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rust-coverage-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A program that says of which LLVM it is. */
function tool(path: string, version: string): string {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, `#!/bin/sh\necho 'LLVM (http://llvm.org/):'\necho '  LLVM version ${version}'\n`);
  chmodSync(place, 0o755);
  return place;
}

const found = () =>
  coverageTools({ sysroot: join(root, 'rust'), about: ABOUT }, { path: `${join(root, 'bin')}:/usr/bin/nowhere`, home: root });

describe('what reads profiles of Rust', () => {
  it('is the toolchain’s own, before that of the system', async () => {
    const own = 'rust/lib/rustlib/x86_64-unknown-linux-gnu/bin';
    for (const name of ['llvm-profdata', 'llvm-cov']) tool(`bin/${name}-22`, '22.1.8');
    const [profdata, cov] = [tool(`${own}/llvm-profdata`, '22.1.2'), tool(`${own}/llvm-cov`, '22.1.2')];
    expect(await found()).toEqual({ profdata, cov });
  });

  it('is of the LLVM that this rustc is made with', async () => {
    for (const name of ['llvm-profdata', 'llvm-cov']) tool(`bin/${name}`, '14.0.6');
    expect(await found()).toEqual({ lacking: expect.stringContaining('LLVM 22: `rustup component add llvm-tools`') });
    const [profdata, cov] = [tool('bin/llvm-profdata-22', '22.1.8'), tool('bin/llvm-cov-22', '22.1.8')];
    expect(await found()).toEqual({ profdata, cov });
  });
});

it('where it is not here, that is said, and programs are built as ever', async () => {
  const { env, read } = rustCoverage(root, { lacking: 'that takes a tool' });
  expect(env).toEqual({});
  const start = () => Promise.reject(new Error('nothing is to be started'));
  expect(await read(['/a'], { start, root, sources: [] })).toEqual({
    lines: new Map(),
    findings: [
      {
        code: 'QA_COVERAGE_UNMEASURED',
        level: 'note',
        path: 'Cargo.toml',
        message: 'It is not known which lines tests of Rust reach: that takes a tool.',
      },
    ],
  });
});
