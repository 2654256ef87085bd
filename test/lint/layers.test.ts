import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

const SOUND = {
  'package.json': '{"type":"module"}',
  'tsconfig.json':
    '{"compilerOptions":{"strict":true,"module":"nodenext","allowImportingTsExtensions":true,"noEmit":true},"include":["src"]}',
  'oxlint.config.ts': `import { lintConfig } from '${pathToFileURL(ROOT).href}/scripts/lint/config.ts';\nexport default lintConfig(import.meta.dirname);\n`,
  'src/base/id.ts': 'export interface Id { text: string }\nexport const one = 1;\n',
  'src/spec/model.ts':
    "import { one } from '../base/id.ts';\nexport const two = one + 1;\nexport interface Model { name: string }\n",
  'src/runtime/vault/store.ts': "import { two } from '../../spec/model.ts';\nexport const three = two + 1;\n",
};

/** File, content, and the rule that must refuse it. */
const VIOLATIONS: Record<string, [file: string, content: string, rule: string]> = {
  'a static import upwards': [
    'src/base/static.ts',
    "import { two } from '../spec/model.ts';\nexport const up = two;\n",
    'eslint(no-restricted-imports)',
  ],
  'a type import upwards': [
    'src/base/type.ts',
    "import type { Model } from '../spec/model.ts';\nexport const up: Model = { name: '' };\n",
    'eslint(no-restricted-imports)',
  ],
  'a re-export upwards': [
    'src/spec/export.ts',
    "export { three } from '../runtime/vault/store.ts';\n",
    'eslint(no-restricted-imports)',
  ],
  'a dynamic import upwards': [
    'src/base/dynamic.ts',
    "export const up = async () => import('../spec/model.ts');\n",
    'eslint(no-restricted-imports)',
  ],
  'an import upwards between runtime folders': [
    'src/runtime/log/deep/up.ts',
    "import { three } from '../../vault/store.ts';\nexport const up = three;\n",
    'eslint(no-restricted-imports)',
  ],
  'an import() type': [
    'src/base/import-type.ts',
    "export const up: import('../spec/model.ts').Model = { name: '' };\n",
    'typescript(consistent-type-imports)',
  ],
  "another layer's package": [
    'src/spec/open.ts',
    "import Database from 'better-sqlite3';\nexport const open = () => new Database(':memory:');\n",
    'eslint(no-restricted-imports)',
  ],
  'a subpath of an owned package': [
    'src/base/flags.ts',
    "export const flags = async () => import('@oclif/core/flags');\n",
    'eslint(no-restricted-imports)',
  ],
  'child processes outside the workspace': [
    'src/runtime/qa/run.ts',
    "import { spawn } from 'node:child_process';\nexport const run = () => spawn('true');\n",
    'eslint(no-restricted-imports)',
  ],
  'a module of Node.js in what browsers run': [
    'src/board/read.ts',
    "import { readFileSync } from 'node:fs';\nexport const read = () => readFileSync('a');\n",
    'eslint(no-restricted-imports)',
  ],
  'a global of Node.js in what browsers run': [
    'src/board/bytes.ts',
    'export const bytes = (text: string) => Buffer.from(text);\n',
    'eslint(no-restricted-globals)',
  ],
  'the environment outside the configuration': [
    'src/spec/env.ts',
    "export const home = () => process.env['HOME'];\n",
    'node(no-process-env)',
  ],
  'a cycle, of types only': [
    'src/spec/a.ts',
    "import type { B } from './b.ts';\nexport interface A { b: B }\n",
    'import(no-cycle)',
  ],
  'the other end of the cycle': [
    'src/spec/b.ts',
    "import type { A } from './a.ts';\nexport interface B { a: A }\n",
    'import(no-cycle)',
  ],
  'a promise nobody waits for': [
    'src/spec/late.ts',
    'async function late() {}\nexport function start() {\n  late();\n}\n',
    'typescript(no-floating-promises)',
  ],
  'a switch that forgets a case': [
    'src/spec/forget.ts',
    "export function forget(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      break;\n  }\n}\n",
    'typescript(switch-exhaustiveness-check)',
  ],
  'a module mock': ['test/a.test.ts', "import { vi } from 'vitest';\nvi.mock('node:fs');\n", 'eslint(no-restricted-properties)'],
};

let tree: string;

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'layers-'));
  await add(SOUND);
});

afterEach(async () => rm(tree, { recursive: true }));

test('a tree that keeps the rules passes, and is really read', async () => {
  const { code, files, findings } = await lint();
  expect({ code, findings }).toEqual({ code: 0, findings: [] });
  expect(files).toBeGreaterThanOrEqual(3);
});

test('each violation is refused, and nothing else', async () => {
  await add(Object.fromEntries(Object.values(VIOLATIONS).map(([file, content]) => [file, content])));
  const { code, findings } = await lint();
  expect(code).toBe(1);
  for (const [name, [file, , rule]] of Object.entries(VIOLATIONS)) expect(findings, name).toContain(`${file} ${rule}`);
  expect(new Set(findings.map((finding) => finding.split(' ')[0]))).toEqual(
    new Set(Object.values(VIOLATIONS).map(([file]) => file)),
  );
});

test.for([
  ['a folder in no layer', 'src/helpers/text.ts', 'export const text = 1;\n', 'in no layer'],
  ['a folder named like a layer', 'src/spec/vault/text.ts', 'export const text = 1;\n', 'named like a layer'],
  ['a dependency without an owner', 'package.json', '{"type":"module","dependencies":{"left-pad":"1"}}', 'without an owner'],
] as const)('%s stops the lint', async ([, file, content, message]) => {
  await add({ [file]: content });
  const { code, output } = await lint();
  expect(code).toBe(1);
  expect(output).toContain(message);
});

async function add(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  }
}

interface Lint {
  code: number;
  files: number;
  /** `FILE RULE` of each finding. */
  findings: string[];
  output: string;
}

async function lint(): Promise<Lint> {
  const { code, output } = await runOxlint();
  if (!output.startsWith('{')) return { code, files: 0, findings: [], output };
  const report = JSON.parse(output) as { number_of_files: number; diagnostics: { code: string; filename: string }[] };
  const findings = report.diagnostics.map((diagnostic) => `${diagnostic.filename} ${diagnostic.code}`);
  return { code, files: report.number_of_files, findings, output };
}

async function runOxlint(): Promise<{ code: number; output: string }> {
  const modules = join(ROOT, 'node_modules');
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: join(modules, 'oxlint-tsgolint', 'bin', 'tsgolint.js') };
  const args = [join(modules, 'oxlint', 'bin', 'oxlint'), '--format', 'json'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: tree, env, timeout: 25_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
