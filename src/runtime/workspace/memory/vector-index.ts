import { type Digest, hexOf } from '../../../base/digest.ts';
import type { LogDatabase } from '../../log/database.ts';
import type { Embedder } from './embedder.ts';
import { readMeta, writeMeta } from './index-database.ts';
import { packVector } from './packed-vector.ts';

/** Entries whose vectors are asked for and written together. */
const BATCH = 256;

interface Missing {
  n: number;
  id: Digest;
  scope: number;
  text: string;
}

/** Makes the vectors that are missing. Those of another embedder are dropped first. What fails is made the next time; rejects with `EMBEDDER_FAILED`. */
export async function indexVectors(db: LogDatabase, embedder: Embedder, signal?: AbortSignal): Promise<void> {
  const wanted = `${embedder.id} ${embedder.dimensions}`;
  if (readMeta(db, 'embedder') !== wanted) dropVectors(db, wanted);
  for (;;) {
    const missing = db.all<Missing>(
      `SELECT n, id, scope, text FROM entry WHERE NOT EXISTS (SELECT 1 FROM vector WHERE vector.scope = entry.scope AND vector.entry = entry.n) ORDER BY n LIMIT ${BATCH}`,
    );
    if (missing.length === 0) return;
    const vectors = await embedder.embed(
      missing.map(({ text }) => text),
      signal,
    );
    db.transaction(() =>
      missing.forEach((entry, at) =>
        insertVector(db, entry, { vector: vectors[at] ?? new Float32Array(), sparse: embedder.sparse }),
      ),
    );
  }
}

function dropVectors(db: LogDatabase, embedder: string): void {
  db.transaction(() => {
    db.run('DELETE FROM vector');
    db.run('DELETE FROM vector_bits');
    db.run('UPDATE scope SET removals = removals + 1');
    writeMeta(db, 'embedder', embedder);
  });
}

function insertVector(
  db: LogDatabase,
  { n, id, scope }: Missing,
  { vector, sparse }: { vector: Float32Array; sparse: boolean },
): void {
  // It may be gone again meanwhile.
  if (db.get('SELECT 1 FROM entry WHERE n = ?', n) === undefined) return;
  const { bits, data, scale } = packVector(vector);
  const tie = Number.parseInt(hexOf(id).slice(0, 8), 16);
  if (!sparse)
    db.run('INSERT OR IGNORE INTO vector_bits(scope, entry, tie, bits) VALUES (?, ?, ?, ?)', scope, n, tie, bytesOf(bits));
  db.run('INSERT OR IGNORE INTO vector(scope, entry, scale, data) VALUES (?, ?, ?, ?)', scope, n, scale, bytesOf(data));
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
