import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** What buf says; nothing if all is well. */
async function buf(...args: readonly string[]): Promise<string> {
  const call = promisify(execFile)(join(root, 'node_modules/.bin/buf'), [...args], { cwd: root });
  const { stdout, stderr } = await call.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

describe('schemas/proto', () => {
  it('is as protobuf files should be', async () => {
    expect(await buf('lint', 'schemas/proto')).toBe('');
  });

  it('still fits those who were built with what is published', async () => {
    // Renewed with each release: buf build schemas/proto --exclude-source-info -o test/runtime/serve/fixtures/published.binpb
    expect(await buf('breaking', 'schemas/proto', '--against', 'test/runtime/serve/fixtures/published.binpb')).toBe('');
  });
});
