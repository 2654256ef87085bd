import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { unpack } from '../../src/board/proof/unpack.ts';
import { writeTar } from '../../src/spec/archive/write-tar.ts';

const packed = (files: Record<string, Uint8Array>): Buffer =>
  gzipSync(Buffer.concat([...writeTar(Object.entries(files).map(([path, content]) => ({ path, content })))]));

const stream = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      // In pieces, as from a network.
      for (let at = 0; at < bytes.length; at += 700) controller.enqueue(bytes.subarray(at, at + 700));
      controller.close();
    },
  });

describe('a packed proof', () => {
  it('is unpacked as it was packed, whatever the names', async () => {
    const path = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 140 })
      .filter((text) => !text.includes('\0') && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(path, fc.uint8Array({ maxLength: 1500 }), { maxKeys: 8 }), async (files) => {
        const read = await unpack(stream(packed(files)));
        expect([...read.keys()].toSorted()).toEqual(Object.keys(files).toSorted());
        for (const [name, bytes] of read) expect(Buffer.compare(bytes, files[name] ?? Buffer.of(1)), name).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when it is cut off, too large, or no archive', async () => {
    const archive = packed({ 'a.txt': Buffer.alloc(4000, 'a') });
    await expect(unpack(stream(archive.subarray(0, -20)))).rejects.toThrow('cut off, or damaged');
    await expect(unpack(stream(Buffer.from('no archive')))).rejects.toThrow('cut off, or damaged');
    await expect(unpack(stream(archive), { most: 2000 })).rejects.toThrow('larger than');
    const tar = Buffer.concat([...writeTar([{ path: 'a.txt', content: Buffer.alloc(4000, 'a') }])]);
    await expect(unpack(stream(gzipSync(tar.subarray(0, 1024))))).rejects.toThrow('cut off');
    const link = Buffer.from(tar);
    link.write('2', 156);
    await expect(unpack(stream(gzipSync(link)))).rejects.toThrow('no file');
  });
});
