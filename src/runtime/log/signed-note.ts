import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

import { NexusError } from '../../base/errors.ts';

/** Who can check an Ed25519 note signature: key name, key id, key. */
export interface NoteVerifier {
  name: string;
  /** First 4 bytes of SHA-256(name || 0x0A || 0x01 || public key), as 8 hex digits. */
  keyId: string;
  publicKey: KeyObject;
}

/** A verifier that can also sign. For a log, `name` is its origin. */
export interface NoteSigner extends NoteVerifier {
  privateKey: KeyObject;
}

export interface NoteSignature {
  name: string;
  keyId: string;
  signature: Buffer;
}

export interface SignedNote {
  /** What is signed, with its final newline. */
  text: string;
  signatures: NoteSignature[];
}

const ED25519 = 1;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const NAME = /^[^\s+]+$/u;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<blob>[A-Za-z0-9+/]+={0,2})$/u;
const MAX_NOTE = 1_000_000;

export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  return { ...noteVerifier(name, createPublicKey(privateKey)), privateKey };
}

export function noteVerifier(name: string, publicKey: KeyObject): NoteVerifier {
  if (!NAME.test(name)) throw new TypeError(`not a note key name: ${JSON.stringify(name)}`);
  return { name, keyId: keyIdOf(name, rawKey(publicKey)), publicKey };
}

function keyIdOf(name: string, raw: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), raw]), 'hex').slice(0, 8);
}

/** The 32 bytes of RFC 8032: what follows the fixed head of the SPKI form. */
function rawKey(publicKey: KeyObject): Buffer {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError('notes are signed with Ed25519 keys');
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);
}

/** The public key as text, `name+keyid+base64`: what a `.pub` file holds. */
export function formatVkey(verifier: NoteVerifier): string {
  const key = Buffer.concat([Buffer.from([ED25519]), rawKey(verifier.publicKey)]);
  return `${verifier.name}+${verifier.keyId}+${key.toString('base64')}`;
}

/** Throws `KEY_UNUSABLE` unless `text` is a well-formed Ed25519 vkey whose id fits its key. */
export function parseVkey(text: string): NoteVerifier {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text.trim()) ?? [];
  const key = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || key.length !== 33 || key[0] !== ED25519) throw badVkey(text);
  const raw = key.subarray(1);
  if (keyIdOf(name, raw) !== id) throw badVkey(text);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return { name, keyId: id, publicKey };
}

function badVkey(text: string): NexusError {
  return new NexusError('KEY_UNUSABLE', 'Not the public key of a log.', {
    hint: 'It should be one line: NAME+KEYID+BASE64.',
    details: { text: text.slice(0, 200) },
  });
}

/** The note: `text` (which ends in a newline), an empty line, one signature line. */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  const blob = Buffer.concat([Buffer.from(signer.keyId, 'hex'), signature]);
  return `${text}\n— ${signer.name} ${blob.toString('base64')}\n`;
}

/** Takes a note apart without checking signatures. Throws `VERIFY_FAILED` if it is not one (c2sp.org/signed-note). */
export function parseNote(note: string): SignedNote {
  const split = note.lastIndexOf('\n\n');
  // oxlint-disable-next-line no-control-regex -- a note has none but the newline
  const controls = /[\u0000-\u0009\u000b-\u001f]/u.test(note);
  if (split < 1 || !note.endsWith('\n') || note.length > MAX_NOTE || controls) throw notANote();
  return {
    text: note.slice(0, split + 1),
    signatures: note
      .slice(split + 2, -1)
      .split('\n')
      .map(signatureOf),
  };
}

function signatureOf(line: string): NoteSignature {
  const { name, blob } = SIGNATURE_LINE.exec(line)?.groups ?? {};
  const bytes = decodeBase64(blob ?? '');
  if (name === undefined || bytes === undefined || bytes.length < 5) throw notANote();
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

function notANote(): NexusError {
  return new NexusError('VERIFY_FAILED', 'Not a signed note.');
}

/** Bytes of standard base64 with padding, or undefined when `text` is not exactly how those bytes are written. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Does the note carry a signature by this key, and is every one that claims to be good? Other keys' are ignored. */
export function isSignedBy(note: SignedNote, verifier: NoteVerifier): boolean {
  const claimed = note.signatures.filter(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId);
  const text = Buffer.from(note.text);
  return claimed.length > 0 && claimed.every(({ signature }) => verify(null, text, verifier.publicKey, signature));
}
