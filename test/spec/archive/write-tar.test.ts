import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tarEntries } from '../../../src/spec/archive/tar-entries.ts';
import { writeTar } from '../../../src/spec/archive/write-tar.ts';

const segment = fc.stringMatching(/^[a-zäé0-9_-]{1,40}$/);
const path = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
const files = fc.uniqueArray(fc.record({ path, content: fc.uint8Array({ maxLength: 1200 }) }), { selector: (file) => file.path });

async function* once(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}

describe('writing a tar archive', () => {
  it('is undone by reading it', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const bytes = Buffer.concat([...writeTar(given)]);
        const read = await Array.fromAsync(tarEntries(once(bytes), 'a.tar', () => true));
        expect(read.map(({ path: name, content }) => [name, content?.toString('hex')])).toEqual(
          given.map(({ path: name, content }) => [name, Buffer.from(content).toString('hex')]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('is read by tar', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    const long = `${'folder/'.repeat(30)}ä.txt`;
    writeFileSync(join(folder, 'a.tar'), Buffer.concat([...writeTar([{ path: long, content: Buffer.from('here') }])]));
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder });
    expect(readFileSync(join(folder, long), 'utf8')).toBe('here');
    rmSync(folder, { recursive: true });
  });
});
