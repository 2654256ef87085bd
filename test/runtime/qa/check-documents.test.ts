import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { checkDocumentsApart } from '../../../src/runtime/qa/check-documents.ts';
import { DEFAULT_LIMITS } from '../../../src/runtime/qa/engine.ts';
import type { Sandbox } from '../../../src/runtime/qa/test-runner.ts';
import { checkout } from '../../../src/runtime/workspace/checkout.ts';
import { cleanEnvironment } from '../../../src/runtime/workspace/process.ts';
import { productOf } from './product.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function check(files: Record<string, string>, options: Partial<Sandbox> = {}) {
  const { tree, read } = productOf(files);
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  folders.push(folder);
  const product = join(folder, 'product');
  checkout(tree, product, read);
  const env = cleanEnvironment(join(folder, 'home'));
  return checkDocumentsApart(tree, { product, scratch: join(folder, 'runs'), env, jobs: 1, limits: DEFAULT_LIMITS, ...options });
}

const schema = (type: string): string => JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', type });

it('says what the documents of a product lack', async () => {
  const findings = await check({ 'schemas/a.schema.json': schema('strnig'), 'schemas/b.schema.json': '{', 'src/c.json': '{' });
  expect(findings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    'QA_DOCUMENT schemas/a.schema.json',
    'QA_DOCUMENT schemas/b.schema.json',
  ]);
});

it('finds nothing in documents that are right, or where there are none', async () => {
  expect(await check({ 'schemas/a.schema.json': schema('string') })).toEqual([]);
  expect(await check({})).toEqual([]);
});

it('passes nothing that it has not checked to the end', async () => {
  const documents = { 'schemas/a.schema.json': schema('string') };
  expect(await check(documents, { limits: { ...DEFAULT_LIMITS, compileMs: 1 } })).toEqual([
    expect.objectContaining({ code: 'QA_TIMEOUT' }),
  ]);
  // A process that breaks before it has begun.
  const env = { NODE_OPTIONS: '--require=./nothing.cjs' };
  expect(await check(documents, { env })).toEqual([expect.objectContaining({ code: 'QA_DOCUMENT' })]);
});

it('stops when it is told to', async () => {
  const stopped = check({ 'schemas/a.schema.json': schema('string') }, { signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(expect.objectContaining({ code: 'INTERRUPTED' }));
});
