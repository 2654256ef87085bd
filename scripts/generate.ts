import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { contractSchemaFiles } from './generate/contract-schemas.ts';
import { diagnosticFiles } from './generate/diagnostic-docs.ts';
import type { GeneratedFile } from './generate/generated-file.ts';
import { manifestFile } from './generate/manifest.ts';
import { protoCodeFiles } from './generate/proto-code.ts';
import { readmeFile } from './generate/readme.ts';
import { schemaTypeFiles } from './generate/schema-types.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');

const { file: manifest, commands } = await manifestFile(root);
const files = [
  manifest,
  ...(await readmeFile(root, commands)),
  ...(await contractSchemaFiles(root)),
  ...(await schemaTypeFiles(root)),
  ...(await diagnosticFiles(root)),
  ...(await protoCodeFiles(root)),
];
const stale = await findStale(files);

if (check && stale.length > 0) {
  for (const file of stale) process.stderr.write(`stale: ${file.path}\n`);
  process.stderr.write('Run `npm run generate` and commit what it writes.\n');
  process.exitCode = 1;
} else {
  await Promise.all(stale.map(write));
  const done = stale.length === 0 ? 'all current' : `renewed ${stale.map((file) => file.path).join(', ')}`;
  process.stdout.write(`generate: ${files.length} files, ${done}\n`);
}

async function findStale(all: readonly GeneratedFile[]): Promise<GeneratedFile[]> {
  const current = await Promise.all(all.map(async ({ path }) => readFile(join(root, path), 'utf8').catch(() => null)));
  return all.filter((file, index) => file.content !== current[index]);
}

async function write({ path, content }: GeneratedFile): Promise<void> {
  const target = join(root, path);
  if (content === null) return rm(target);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
