import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { asWorkspaceError, syncFolder } from '../../base/durable-file.ts';
import { messageOf, NexusError, systemCode } from '../../base/errors.ts';

/** `ed25519` signs the log, `p256` (ECDSA, P-256) signs statements. */
export type KeyKind = 'ed25519' | 'p256';

/**
 * The private key in a PKCS#8 PEM file, which is made on first use: the file 0600, a new folder 0700, both durable before
 * the key is used. Processes that start at once end up with one key. With a passphrase a new key is encrypted (PBES2, AES-256); one that
 * is there is read, encrypted or not. Throws `KEY_UNUSABLE`.
 */
export function openKeyFile(path: string, kind: KeyKind, passphrase?: string): KeyObject {
  return readKeyFile(path, kind, passphrase) ?? createKeyFile(path, kind, passphrase);
}

/** The private key in `path`, or undefined if there is no such file. Throws `KEY_UNUSABLE`. */
export function readKeyFile(path: string, kind: KeyKind, passphrase?: string): KeyObject | undefined {
  const pem = readPrivately(path);
  if (pem === undefined) return undefined;
  const key = parseKey(pem, path, passphrase);
  if (!isKind(key, kind))
    throw unusable(path, `is not ${KINDS[kind]}`, 'Put the right key back, or move this file away to get a new key.');
  return key;
}

const KINDS = { ed25519: 'an Ed25519 key', p256: 'an EC P-256 key' } as const;

function readPrivately(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unusable(path, `cannot be read (${systemCode(error)})`, 'Give yourself read access to it.', error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unusable(path, 'is not a file', 'Move it away to get a new key.');
    // Windows has no such bits.
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw unusable(path, 'can be read or written by others', `Run: chmod 600 ${path}`);
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function parseKey(pem: string, path: string, passphrase: string | undefined): KeyObject {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined) {
    throw unusable(path, 'is encrypted', 'Set AGENTNEXUS_KEY_PASSPHRASE to its passphrase.');
  }
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch (error) {
    if (isEncrypted) throw unusable(path, 'has another passphrase', 'Set AGENTNEXUS_KEY_PASSPHRASE to the right one.', error);
    throw unusable(
      path,
      `holds no private key (${messageOf(error)})`,
      'Put the key back, or move this file away to get a new key.',
      error,
    );
  }
}

function isKind(key: KeyObject, kind: KeyKind): boolean {
  if (kind === 'ed25519') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function createKeyFile(path: string, kind: KeyKind, passphrase: string | undefined): KeyObject {
  const temp = `${path}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeKey(temp, kind, passphrase);
    // Unlike a rename, a link never replaces what another process has put there meanwhile.
    linkSync(temp, path);
    syncFolder(dirname(path));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw asWorkspaceError(error, path);
  } finally {
    rmSync(temp, { force: true });
  }
  const key = readKeyFile(path, kind, passphrase);
  if (key === undefined) throw unusable(path, 'vanished while it was made', 'Run the same command again.');
  return key;
}

function writeKey(path: string, kind: KeyKind, passphrase: string | undefined): void {
  const { privateKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const file = openSync(path, 'wx', 0o600);
  try {
    const secret = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem', ...secret }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unusable(path: string, what: string, hint: string, cause?: unknown): NexusError {
  return new NexusError('KEY_UNUSABLE', `Key file ${path} ${what}.`, { hint, details: { path }, cause });
}
