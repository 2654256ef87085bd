import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { type Digest, digestOf, isDigest } from '../../../base/digest.ts';
import { writeDurably } from '../../../base/durable-file.ts';
import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { SecretSettings, SecretSource, VaultAuth, VaultSettings } from '../../workspace/secrets/secret-source.ts';
import { readConfig } from '../config.ts';
import type { Configuration } from '../source/configuration.ts';
import { localConfig } from '../source/open-source.ts';
import type { CallContext } from '../operations.ts';

export interface KnownSecrets extends SecretSettings {
  /** File that says where they come from. */
  file: string;
  /** Of what it says, and where it lies. */
  digest: Digest;
  /** Whether a person has allowed just that. */
  allowed: boolean;
}

/**
 * Where secrets come from, as the `.agentnexus.yaml` above the working folder says it. That file comes with a repository, which may be anybody's, and could name
 * any variable and any file: so it counts only once a person has allowed it as it stands (`secrets allow`). Throws `CONFIG_INVALID`.
 */
export async function readSecretSettings(context: Pick<CallContext, 'cwd'>): Promise<KnownSecrets | undefined> {
  const config = localConfig(undefined, context);
  const sections = config && (await readSections(config));
  if (config === undefined || sections === undefined) return undefined;
  const { secrets = {}, vault } = sections;
  const from = { folder: dirname(config.path), home: readConfig().home };
  const sources = Object.entries(secrets).map(([name, said]): [string, SecretSource] => [name, sourceOf(said, from)]);
  const digest = digestOf({ file: config.path, ...(JSON.parse(JSON.stringify(sections)) as JsonObject) });
  return {
    file: config.path,
    digest,
    allowed: allowedDigests().has(digest),
    secrets: new Map(sources),
    ...(vault === undefined ? {} : { vault: vaultOf(vault, from) }),
  };
}

/** Keeps a person's word, beside the keys and outside of every repository. */
export function allowSecretSettings({ digest }: Pick<KnownSecrets, 'digest'>): void {
  const allowed = allowedDigests().add(digest);
  writeDurably(allowedPath(), `${JSON.stringify([...allowed], null, 2)}\n`, 0o600);
}

function allowedPath(): string {
  return join(readConfig().keys, 'allowed-secrets.json');
}

function allowedDigests(): Set<Digest> {
  if (!existsSync(allowedPath())) return new Set();
  try {
    const value: unknown = JSON.parse(readFileSync(allowedPath(), 'utf8'));
    const digests = Array.isArray(value) ? (value as unknown[]) : [];
    return new Set(digests.flatMap((each) => (isDigest(each) ? [each] : [])));
  } catch {
    return new Set();
  }
}

/** The sections as their schema has them. */
interface Sections {
  secrets?: Record<string, SaidSource>;
  vault?: SaidVault;
}

type SaidSource = { env: string } | { file: string } | { vault: Extract<SecretSource, { from: 'vault' }>['read'] };
type SaidCredential = { env: string } | { file: string };

interface SaidVault {
  address: string;
  namespace?: string;
  auth: {
    token?: SaidCredential;
    jwt?: { role: string; mount?: string } & SaidCredential;
    kubernetes?: { role: string; mount?: string; file?: string };
  };
}

interface From {
  folder: string;
  home: string;
}

async function readSections(config: Configuration): Promise<Sections | undefined> {
  const said = await config.sections<Required<Sections>>(['secrets', 'vault'], ({ path, message }) =>
    invalid(config.path, `\`${path.slice(1).replaceAll('/', '.')}\` ${message}.`),
  );
  return Object.keys(said).length === 0 ? undefined : { ...said, secrets: said.secrets ?? {} };
}

function sourceOf(said: SaidSource, from: From): SecretSource {
  if ('env' in said) return { from: 'env', variable: said.env };
  if ('file' in said) return { from: 'file', path: placed(said.file, from) };
  return { from: 'vault', read: said.vault };
}

/** Where a service account's token lies in a pod (kubernetes.io/docs, "Configure Service Accounts for Pods"). */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

function vaultOf({ address, namespace, auth }: SaidVault, from: From): VaultSettings {
  return { address, ...(namespace === undefined ? {} : { namespace }), auth: authOf(auth, from) };
}

function authOf({ token, jwt, kubernetes }: SaidVault['auth'], from: From): VaultAuth {
  if (token !== undefined) return { method: 'token', token: credentialOf(token, from) };
  if (jwt !== undefined) return { method: 'jwt', mount: jwt.mount ?? 'jwt', role: jwt.role, jwt: credentialOf(jwt, from) };
  const { mount = 'kubernetes', role = '', file = SERVICE_ACCOUNT } = kubernetes ?? {};
  return { method: 'kubernetes', mount, role, jwt: { file: placed(file, from) } };
}

function credentialOf(said: SaidCredential, from: From): { variable: string } | { file: string } {
  return 'env' in said ? { variable: said.env } : { file: placed(said.file, from) };
}

function placed(path: string, { folder, home }: From): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(folder, path);
}

function invalid(file: string, message: string): NexusError {
  return new NexusError('CONFIG_INVALID', `${file}: ${message}`, {
    hint: 'docs/secrets.md shows how secrets are written down.',
    details: { file },
  });
}
