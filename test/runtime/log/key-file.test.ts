import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { openKeyFile, readKeyFile } from '../../../src/runtime/log/key-file.ts';
import { tempFolder } from './log-fixture.ts';

const unusable = expect.objectContaining({ code: 'KEY_UNUSABLE' });

describe('a key file', () => {
  it.each(['ed25519', 'p256'] as const)('is made on first use and read afterwards: %s', (kind) => {
    const path = join(tempFolder(), 'keys', 'a.pem');
    expect(readKeyFile(path, kind)).toBeUndefined();
    const made = openKeyFile(path, kind);
    const signature = sign(kind === 'p256' ? 'sha256' : null, Buffer.from('x'), openKeyFile(path, kind));
    expect(verify(kind === 'p256' ? 'sha256' : null, Buffer.from('x'), createPublicKey(made), signature)).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(readdirSync(join(path, '..'))).toEqual(['a.pem']);
  });

  it.skipIf(process.platform === 'win32')('is for its owner only, in a folder for its owner only', () => {
    const path = join(tempFolder(), 'keys', 'a.pem');
    openKeyFile(path, 'ed25519');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o620])(
    'that others can touch (%o) is refused, not mended',
    (mode) => {
      const path = join(tempFolder(), 'a.pem');
      openKeyFile(path, 'ed25519');
      chmodSync(path, mode);
      expect(() => openKeyFile(path, 'ed25519')).toThrow(
        expect.objectContaining({ code: 'KEY_UNUSABLE', hint: `Run: chmod 600 ${path}` }),
      );
      expect(statSync(path).mode & 0o777).toBe(mode);
    },
  );

  it('of another kind is refused and kept', () => {
    const path = join(tempFolder(), 'a.pem');
    openKeyFile(path, 'p256');
    const pem = readFileSync(path);
    expect(() => openKeyFile(path, 'ed25519')).toThrow(unusable);
    expect(() => openKeyFile(write('b.pem', generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'p256')).toThrow(unusable);
    expect(readFileSync(path).equals(pem)).toBe(true);
  });

  it('that is no key, empty or a folder is refused', () => {
    const dir = tempFolder();
    for (const text of ['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n']) {
      writeFileSync(join(dir, 'a.pem'), text, { mode: 0o600 });
      expect(() => openKeyFile(join(dir, 'a.pem'), 'ed25519')).toThrow(unusable);
    }
    mkdirSync(join(dir, 'folder.pem'), { mode: 0o700 });
    expect(() => openKeyFile(join(dir, 'folder.pem'), 'ed25519')).toThrow(unusable);
  });

  it.each(['ed25519', 'p256'] as const)('is encrypted with a passphrase, and opened by no other: %s', (kind) => {
    const path = join(tempFolder(), 'keys', 'a.pem');
    const made = openKeyFile(path, kind, 'correct horse');
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(openKeyFile(path, kind, 'correct horse').equals(made)).toBe(true);
    expect(() => openKeyFile(path, kind)).toThrow(unusable);
    expect(() => openKeyFile(path, kind, 'wrong')).toThrow(unusable);
    expect(readdirSync(join(path, '..'))).toEqual(['a.pem']);
  });

  it('that is not encrypted is read with a passphrase too', () => {
    const path = join(tempFolder(), 'a.pem');
    const made = openKeyFile(path, 'p256');
    expect(openKeyFile(path, 'p256', 'unneeded').equals(made)).toBe(true);
  });

  it('cannot be made where nothing can be written', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(() => openKeyFile(join(file, 'a.pem'), 'ed25519')).toThrow(unusable);
  });

  it('is one key for processes that start at once', async () => {
    const path = join(tempFolder(), 'keys', 'a.pem');
    const child = () => promisify(execFile)(process.execPath, [join(import.meta.dirname, 'children/make-key.ts'), path]);
    const keys = await Promise.all([child(), child(), child(), child()]);
    expect(new Set(keys.map(({ stdout }) => stdout)).size).toBe(1);
    expect(readdirSync(join(path, '..'))).toEqual(['a.pem']);
  });
});

function write(name: string, { privateKey }: ReturnType<typeof generateKeyPairSync>): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return path;
}
