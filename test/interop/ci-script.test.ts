import { join } from 'node:path';

import { expect, test } from 'vitest';

import { needTool } from './requirements.ts';
import { runTool } from './run-tool.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', '.ci', 'run');

test('shellcheck finds nothing in the CI script', async (context) => {
  needTool(context, 'shellcheck');
  expect((await runTool('shellcheck', [SCRIPT])).stdout).toBe('');
});

test('bash can read the CI script', async (context) => {
  needTool(context, 'bash');
  expect((await runTool('bash', ['-n', SCRIPT])).stderr).toBe('');
});
