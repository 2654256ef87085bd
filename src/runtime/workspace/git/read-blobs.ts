import { NexusError } from '../../../base/errors.ts';
import type { UserRepository } from './user-repository.ts';

/** Contents handed on together: what is held in memory at a time. */
const BATCH_BYTES = 32 * 2 ** 20;
const BATCH_FILES = 1_000;

interface Wanted {
  id: string;
  bytes: number;
}

/** Reads blobs byte by byte as they are stored, in batches, and hands each batch on in the order of `wanted`. */
export async function readBlobs<T extends Wanted>(
  repository: UserRepository,
  wanted: readonly T[],
  take: (batch: { blob: T; content: Uint8Array }[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < wanted.length;) {
    let [to, size] = [from, 0];
    while (to < wanted.length && to - from < BATCH_FILES && (to === from || size + (wanted[to]?.bytes ?? 0) <= BATCH_BYTES)) {
      size += wanted[to++]?.bytes ?? 0;
    }
    const blobs = wanted.slice(from, to);
    const input = blobs.map(({ id }) => `${id}\n`).join('');
    const output = await repository.bytes(['cat-file', '--batch'], { input });
    await take(split(repository, blobs, output));
    from = to;
  }
}

/** `ID blob SIZE`, a line end, the content, a line end: for each. */
function split<T extends Wanted>(
  repository: UserRepository,
  blobs: readonly T[],
  output: Buffer,
): { blob: T; content: Uint8Array }[] {
  let at = 0;
  return blobs.map((blob) => {
    const head = `${blob.id} blob ${blob.bytes}\n`;
    const end = at + head.length + blob.bytes;
    if (output.toString('latin1', at, at + head.length) !== head || output[end] !== 10) {
      throw new NexusError('REPOSITORY_FAILED', `git cannot read object ${blob.id} in ${repository.root}.`, {
        hint: 'Run `git fsck` there; a partial clone must be completed first (`git fetch --refetch`).',
        details: { repository: repository.root, object: blob.id },
      });
    }
    const content = output.subarray(at + head.length, end);
    at = end + 1;
    return { blob, content };
  });
}
