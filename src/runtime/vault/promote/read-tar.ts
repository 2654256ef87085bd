import { gunzipSync } from 'node:zlib';

import { tarEntries } from '../../../spec/archive/tar-entries.ts';
import type { TarFile } from '../../../spec/archive/write-tar.ts';

/** The files of an archive of ours, without its top folder. The bytes were found by their digest, so that no stranger has packed them. */
export async function readTar(archive: Uint8Array, name: string): Promise<TarFile[]> {
  const files: TarFile[] = [];
  for await (const { path, kind, content } of tarEntries(chunk(gunzipSync(archive)), name, () => true)) {
    if (kind === 'file' && content !== undefined) files.push({ path: path.slice(path.indexOf('/') + 1), content });
  }
  return files;
}

async function* chunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
