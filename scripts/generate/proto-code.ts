import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { GeneratedFile } from './generated-file.ts';

const SOURCES = 'schemas/proto';
const TARGET = 'src/runtime/serve/grpc/generated';

/** Messages and services of `schemas/proto` in TypeScript, and the removal of what no longer has a source. */
export async function protoCodeFiles(root: string): Promise<GeneratedFile[]> {
  const made = await mkdtemp(join(tmpdir(), 'proto-'));
  try {
    const buf = join(root, 'node_modules', '.bin', 'buf');
    const args = ['generate', SOURCES, '--template', `${SOURCES}/buf.gen.yaml`, '--output', made];
    await promisify(execFile)(buf, args, { cwd: root });
    const names = await files(made);
    const orphans = (await files(join(root, TARGET))).filter((name) => !names.includes(name));
    return [
      ...(await Promise.all(
        names.map(async (name) => ({ path: join(TARGET, name), content: await readFile(join(made, name), 'utf8') })),
      )),
      ...orphans.map((name) => ({ path: join(TARGET, name), content: null })),
    ];
  } finally {
    await rm(made, { recursive: true });
  }
}

/** Paths of the modules in a folder; a missing folder is an empty one. */
async function files(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.ts')).toSorted();
}
