import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { GeneratedFile } from './generated-file.ts';
import { type Schema, SchemaModule } from './schema-module.ts';

const SOURCES = 'schemas';
const TARGET = join('src', 'base', 'generated');
const SUFFIX = '.schema.json';

/** One TypeScript module for each `schemas/*.schema.json`, and the removal of modules whose schema is gone. */
export async function schemaTypeFiles(root: string): Promise<GeneratedFile[]> {
  const schemas = (await list(join(root, SOURCES))).filter((name) => name.endsWith(SUFFIX));
  const wanted = new Map(schemas.map((name) => [`${basename(name, SUFFIX)}.ts`, name]));
  const orphans = (await list(join(root, TARGET))).filter((name) => !wanted.has(name));
  return [
    ...(await Promise.all(
      [...wanted].map(async ([module, name]) => ({ path: join(TARGET, module), content: await emit(root, name) })),
    )),
    ...orphans.map((name) => ({ path: join(TARGET, name), content: null })),
  ];
}

async function emit(root: string, name: string): Promise<string> {
  const path = join(SOURCES, name);
  const schema = JSON.parse(await readFile(join(root, path), 'utf8')) as Schema;
  const heading = `// Generated from ${SOURCES}/${name} by \`npm run generate\`; do not edit.\n`;
  return heading + new SchemaModule(schema, { file: name, suffix: SUFFIX }).text();
}

/** Names in a folder, sorted; a missing folder is an empty one. */
async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).toSorted();
}
