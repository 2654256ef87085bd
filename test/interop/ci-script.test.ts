import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { needTool } from './requirements.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', '..', '.ci', 'run');

test('shellcheck finds nothing in the CI script', async (context) => {
  needTool(context, 'shellcheck');
  expect((await run('shellcheck', [SCRIPT])).stdout).toBe('');
});

test('bash can read the CI script', async (context) => {
  needTool(context, 'bash');
  expect((await run('bash', ['-n', SCRIPT])).stderr).toBe('');
});
