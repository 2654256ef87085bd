import { join } from 'node:path';

import { createCompiler } from '../../src/runtime/workspace/compiler/compiler.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import type { Task } from '../../src/spec/model.ts';
import { readBundle } from '../../src/spec/read-bundle.ts';
import type { GeneratedFile } from './generated-file.ts';

/** The product's own contracts: what its contract compiler makes of its own specification. */
export async function contractSchemaFiles(root: string): Promise<GeneratedFile[]> {
  const { tasks } = buildGraph(await interpret(readBundle(join(root, 'examples', 'agentnexus'))));
  const files = await Promise.all(tasks.filter(({ kind }) => kind === 'contract').map(schemaFile));
  return files.flat();
}

async function schemaFile(task: Task): Promise<GeneratedFile[]> {
  const brief = { mission: 'schemas', task, attempt: 1, needs: new Map(), tree: () => [], read: () => Buffer.alloc(0) };
  const result = await createCompiler().perform(brief, new AbortController().signal, async () => undefined);
  if (result.outcome === 'failed') throw new Error(`${task.id}: ${result.reason}`);
  return result.files
    .filter(({ path }) => path.startsWith('schemas/'))
    .map(({ path, content }) => ({ path, content: Buffer.from(content).toString('utf8') }));
}
