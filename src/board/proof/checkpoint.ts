import { areEqual, bytesOf, type Bytes, fromBase64, toHex } from './bytes.ts';
import type { LogKey } from './keys.ts';
import { refuse } from './refusal.ts';

/** What a log commits to (c2sp.org/tlog-checkpoint), once its signature has been checked. */
export interface VerifiedHead {
  origin: string;
  size: number;
  root: Bytes;
}

const LINE = /^— (?<name>[^\s+]+) (?<blob>[A-Za-z0-9+/]+={0,2})$/u;

/** Checks that this key signed the note (c2sp.org/signed-note). Signatures of others, as of witnesses, are passed over. */
export async function verifyCheckpoint(note: string, { key, name, id }: LogKey): Promise<VerifiedHead> {
  const split = note.lastIndexOf('\n\n');
  // oxlint-disable-next-line no-control-regex -- a note has none but the newline
  if (split < 1 || !note.endsWith('\n') || note.length > 1e6 || /[\0-\u0009\u000b-\u001f]/u.test(note))
    return refuse('the checkpoint is not a signed note');
  const text = note.slice(0, split + 1);
  const head = headIn(text);
  if (head.origin !== name) return refuse(`the checkpoint is of log ${head.origin}, not of ${name}`);
  let found = false;
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const { name: signer, blob = '' } = LINE.exec(line)?.groups ?? {};
    const bytes = fromBase64(blob);
    if (signer === undefined || bytes === undefined || bytes.length < 5)
      return refuse('a signature of the checkpoint is malformed');
    if (signer !== name || toHex(bytes.slice(0, 4)) !== id) continue;
    const holds = await crypto.subtle.verify({ name: 'Ed25519' }, key, bytes.slice(4), bytesOf(text));
    if (!holds) return refuse('the signature of the checkpoint does not hold');
    found = true;
  }
  return found ? head : refuse(`the checkpoint is not signed by ${name}`);
}

function headIn(text: string): VerifiedHead {
  const [origin = '', size = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  const isNumber = /^(0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !isNumber || root?.length !== 32 || extensions.includes('')) return refuse('the checkpoint is malformed');
  return { origin, size: Number(size), root };
}

export function isSameHead(a: VerifiedHead, b: VerifiedHead): boolean {
  return a.origin === b.origin && a.size === b.size && areEqual(a.root, b.root);
}
