import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { newAjv } from '../../src/base/schema.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'schemas');
const files = globSync('**/*.schema.json', { cwd: ROOT });

// `compileSchema` takes this for granted.
it.each(files)('%s is a JSON Schema 2020-12', (file) => {
  const ajv = newAjv();
  expect(ajv.validateSchema(JSON.parse(readFileSync(join(ROOT, file), 'utf8'))), ajv.errorsText()).toBe(true);
});
