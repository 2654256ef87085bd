import { createPublicKey } from 'node:crypto';

import { messageOf } from '../../base/errors.ts';
import { formatVkey, type NoteVerifier, noteVerifier, parseVkey } from '../log/signed-note.ts';
import { furtherKeyFile, LOG_KEY, SIGNING_KEY, trustedRootFile } from './export-layout.ts';
import type { Failures } from './failure.ts';
import { logsOf } from './keyless/own-log.ts';
import { namesAuthorities, parseTrustedRoot } from './keyless/trusted-root.ts';
import { isSigningKey, parsePublicKey, type PublicKey } from './public-key.ts';
import type { ExportFiles } from './read-export.ts';
import { fingerprintOf, pemOf } from './signing-key.ts';
import type { TrustedKey } from './verification.ts';

/** The keys that an export is checked with. */
export interface ExportKeys {
  /** PEM; none if the folder's keys are unusable and the user gave no other. */
  signing: string[];
  /** Those that may have signed a checkpoint of the log with this name. */
  log(origin: string): NoteVerifier[];
  trust: TrustedKey[];
  /** Logs whose keys are known by name. */
  logs: NoteVerifier[];
  /** Texts of the trusted roots that certificates count under. */
  roots: string[];
  /** The files they were found in. */
  files: string[];
}

/** What whoever verifies got by another way. */
export interface GivenTrust {
  /** Texts of public key files: PEM, or the `name+id+key` line of a log. */
  keys?: readonly string[] | undefined;
  /** Texts of Sigstore trusted roots. */
  roots?: readonly string[] | undefined;
}

interface FoundKey extends PublicKey {
  file: string;
}

/**
 * The user's keys where the user gave some of the kind, else those in the folder, which must be well-formed in any case and be
 * among the user's. Under a root of the user's that names authorities, no key counts that the user did not give: anybody can put one there.
 * Throws `KEY_UNUSABLE` and `TRUSTED_ROOT_UNUSABLE` for what was given.
 */
export function exportKeys(files: ExportFiles, given: GivenTrust, failures: Failures): ExportKeys {
  const { roots: userRoots = [] } = given;
  const byIdentity = userRoots.some(namesAuthorities);
  const signers = [...files.keys()]
    .filter((path) => SIGNING_KEY_FILE.test(path))
    .flatMap((path) => readKey(files, path, { parse: parseSigningKey, failures }));
  const logs = readKey(files, LOG_KEY, { parse: parseLogKey, failures });
  const roots = readRoots(files, failures);
  const named = userRoots.flatMap(logsOf).filter(({ key }) => !byIdentity || logs.some((log) => log.key.equals(key)));
  const user = [...(given.keys ?? []).map(parsePublicKey), ...named];
  const ours = user.filter(isSigningKey);
  const signing: Chosen = byIdentity && ours.length === 0 ? NOBODY : choose(ours, signers, failures);
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
    logs: log.keys.flatMap(({ key, name }) => (name === undefined ? [] : [noteVerifier(name, key)])),
    roots: userRoots.length > 0 ? [...userRoots] : roots.map(({ text }) => text),
    files: [...signers, ...logs, ...roots].map(({ file }) => file),
  };
}

const NOBODY = { keys: [], from: 'user' } as const;

const TRUSTED_ROOT_FILE = /^keys\/trusted-root-[0-9a-f]{16}\.json$/;

function readRoots(files: ExportFiles, failures: Failures): { file: string; text: string }[] {
  return [...files].flatMap(([file, { bytes }]) => {
    if (!TRUSTED_ROOT_FILE.test(file) || bytes === undefined) return [];
    const text = bytes.toString();
    try {
      parseTrustedRoot(text);
      if (trustedRootFile(text) !== file) throw new TypeError('it is not the trusted root that its name tells');
      return [{ file, text }];
    } catch (error) {
      failures.add(file, 'VERIFY_KEY_MALFORMED', messageOf(error));
      return [];
    }
  });
}

const SIGNING_KEY_FILE = /^keys\/signing(?:-[0-9a-f]{16})?\.pub$/;

interface Chosen {
  keys: readonly PublicKey[];
  from: 'user' | 'folder';
}

function choose(user: PublicKey[], folder: FoundKey[], failures: Failures): Chosen {
  if (user.length === 0) return { keys: folder, from: 'folder' };
  for (const { key, file } of folder) {
    if (user.some((own) => own.key.equals(key))) continue;
    failures.add(file, 'VERIFY_KEY_UNTRUSTED', `the key in the folder (${fingerprintOf(key)}) is none that you gave`);
  }
  return { keys: user, from: 'user' };
}

/** One key, or none. */
function readKey(
  files: ExportFiles,
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
