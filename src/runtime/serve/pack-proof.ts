import { mkdtempSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

import { writeTar, type TarFile } from '../../spec/archive/write-tar.ts';
import { call } from '../app/call.ts';
import type { CallContext } from '../app/operations.ts';

/** Exports a mission into a folder of its own below `scratch`, and gives it as one `.tar.gz`; the folder goes when that has been read. */
export async function packProof(mission: string, scratch: string, context: CallContext): Promise<Readable> {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'proof-'));
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const out = join(folder, 'proof');
    await call('evidence.export', { mission, out }, context);
    const archive = Readable.from(writeTar(filesBelow(out)));
    const packed = archive.pipe(createGzip());
    packed.once('close', () => {
      archive.destroy();
      void remove();
    });
    return packed;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Read one by one: a proof may be larger than what one wants to hold. */
function* filesBelow(root: string): Generator<TarFile> {
  const entries = readdirSync(root, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join('/'));
  for (const path of paths.sort()) yield { path, content: readFileSync(join(root, path)) };
}
