import { createPublicKey } from 'node:crypto';

import { messageOf } from '../../base/errors.ts';
import { formatVkey, type NoteVerifier, noteVerifier, parseVkey } from '../log/signed-note.ts';
import { furtherKeyFile, LOG_KEY, SIGNING_KEY } from './export-layout.ts';
import type { Failures } from './failure.ts';
import { isSigningKey, parsePublicKey, type PublicKey } from './public-key.ts';
import type { ExportFile } from './read-export.ts';
import { fingerprintOf, pemOf } from './signing-key.ts';
import type { TrustedKey } from './verification.ts';

/** The keys that an export is checked with. */
export interface ExportKeys {
  /** PEM; none if the folder's keys are unusable and the user gave no other. */
  signing: string[];
  /** Those that may have signed a checkpoint of the log with this name. */
  log(origin: string): NoteVerifier[];
  trust: TrustedKey[];
  /** The files they were found in. */
  files: string[];
}

interface FoundKey extends PublicKey {
  file: string;
}

/**
 * The user's keys where the user gave some of the kind, else those in the folder, which must be well-formed in any case and be
 * among the user's. `given` are the texts of key files. Throws `KEY_UNUSABLE` for those.
 */
export function exportKeys(files: ReadonlyMap<string, ExportFile>, given: readonly string[], failures: Failures): ExportKeys {
  const user = given.map(parsePublicKey);
  const signers = [...files.keys()]
    .filter((path) => SIGNING_KEY_FILE.test(path))
    .flatMap((path) => readKey(files, path, { parse: parseSigningKey, failures }));
  const logs = readKey(files, LOG_KEY, { parse: parseLogKey, failures });
  const signing = choose(user.filter(isSigningKey), signers, failures);
  const log = choose(
    user.filter((key) => !isSigningKey(key)),
    logs,
    failures,
  );
  return {
    signing: signing.keys.map(({ key }) => pemOf(key)),
    log: (origin) => log.keys.flatMap(({ key, name = origin }) => (name === origin ? [noteVerifier(origin, key)] : [])),
    trust: [
      ...signing.keys.map(({ key }) => ({ use: 'signing' as const, fingerprint: fingerprintOf(key), from: signing.from })),
      ...log.keys.map(({ key }) => ({ use: 'log' as const, fingerprint: fingerprintOf(key), from: log.from })),
    ],
    files: [...signers, ...logs].map(({ file }) => file),
  };
}

const SIGNING_KEY_FILE = /^keys\/signing(?:-[0-9a-f]{16})?\.pub$/;

function choose(user: PublicKey[], folder: FoundKey[], failures: Failures): { keys: PublicKey[]; from: 'user' | 'folder' } {
  if (user.length === 0) return { keys: folder, from: 'folder' };
  for (const { key, file } of folder) {
    if (user.some((own) => own.key.equals(key))) continue;
    failures.add(file, 'VERIFY_KEY_UNTRUSTED', `the key in the folder (${fingerprintOf(key)}) is none that you gave`);
  }
  return { keys: user, from: 'user' };
}

/** One key, or none. */
function readKey(
  files: ReadonlyMap<string, ExportFile>,
  file: string,
  { parse, failures }: { parse: (text: string, file: string) => PublicKey; failures: Failures },
): FoundKey[] {
  const text = files.get(file)?.bytes?.toString();
  if (text === undefined) return [];
  try {
    return [{ ...parse(text, file), file }];
  } catch (error) {
    failures.add(file, 'VERIFY_KEY_MALFORMED', messageOf(error));
    return [];
  }
}

function parseSigningKey(text: string, file: string): PublicKey {
  const key = createPublicKey(text);
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('it is not an EC P-256 key');
  if (pemOf(key) !== text) throw new TypeError('it is not written as keys are');
  if (file !== SIGNING_KEY && file !== furtherKeyFile(fingerprintOf(key)))
    throw new TypeError('it is not the key that its name tells');
  return { key };
}

function parseLogKey(text: string): PublicKey {
  const verifier = parseVkey(text);
  if (`${formatVkey(verifier)}\n` !== text) throw new TypeError('it is not written as keys are');
  return { key: verifier.publicKey, name: verifier.name };
}
