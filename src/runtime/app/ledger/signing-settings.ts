import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { type Digest, digestOf } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import type { SigningSetting } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { SigningServices } from '../../vault/keyless/signing-services.ts';
import { readConfig } from '../config.ts';
import type { Configuration } from '../source/configuration.ts';
import type { CallContext } from '../operations.ts';
import type { Roster } from '../host/roster.ts';

/** How statements are signed, as `apply` was told. */
export interface SigningInput {
  /** `key`, the local one, or `keyless`; what the configuration says, if left out. */
  signing?: 'key' | 'keyless' | undefined;
  /** Files of a Sigstore instance; its services those of the public instance, if left out. */
  signingConfig?: string | undefined;
  trustedRoot?: string | undefined;
}

interface SigningContext extends Pick<CallContext, 'cwd'> {
  /** The one beside the bundle, where it lies on this machine. */
  config?: Configuration | undefined;
}

/** Signing without a key: where, and what its certificates count under. */
export interface KeylessChoice {
  services: SigningServices;
  /** Text of the trusted root. */
  root: string;
}

interface Section {
  mode?: 'key' | 'keyless';
  'trusted-root'?: string;
}

/** Where a mission would be signed without a key; undefined for the local one. Reads no network. Throws `USAGE`, `CONFIG_INVALID`, `TRUSTED_ROOT_UNUSABLE`. */
export async function readServices(input: SigningInput, context: SigningContext): Promise<SigningServices | undefined> {
  const { signing = (await readSection(context)).mode ?? 'key', trustedRoot } = input;
  const said = input.signingConfig ?? trustedRoot;
  if (signing === 'key' && said !== undefined) {
    throw new NexusError('USAGE', `${said} is for signing without a key.`, { hint: 'Add --signing keyless.' });
  }
  if (signing === 'key') return undefined;
  const { readSigningConfig, PUBLIC_SERVICES } = await import('../../vault/keyless/signing-services.ts');
  const { signingConfig = readConfig().sigstore.signingConfig } = input;
  if (signingConfig === undefined) return PUBLIC_SERVICES;
  return readSigningConfig(readText(resolve(context.cwd, signingConfig)), systemClock.now());
}

/** The same with the root that its certificates count under. */
export async function readSigning(input: SigningInput, context: SigningContext): Promise<KeylessChoice | undefined> {
  const services = await readServices(input, context);
  if (services === undefined) return undefined;
  const { 'trusted-root': committed } = await readSection(context);
  const { trustedRoot = readConfig().sigstore.trustedRoot ?? committed } = input;
  if (trustedRoot === undefined) {
    throw new NexusError('USAGE', 'To sign without a key, the root must be known that its certificates count under.', {
      hint: 'Give --trusted-root FILE or set AGENTNEXUS_TRUSTED_ROOT; for the public instance `cosign trusted-root create` writes it.',
    });
  }
  const root = readText(resolve(context.cwd, trustedRoot));
  const { parseTrustedRoot } = await import('../../vault/keyless/trusted-root.ts');
  parseTrustedRoot(root);
  return { services, root };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NexusError('USAGE', `${path} cannot be read: ${messageOf(error)}`);
  }
}

/**
 * The `signing` section of `.agentnexus.yaml`. It says whether, and never where: the file comes with a repository, which may be anybody's, and an identity token that is sent to
 * somebody else signs in one's name.
 */
async function readSection({ config }: SigningContext): Promise<Section> {
  if (config === undefined) return {};
  const { signing } = await config.sections<{ signing: Section }>(['signing'], ({ path, message }) => {
    const where = path.slice(1).replaceAll('/', '.');
    return new NexusError('CONFIG_INVALID', `${config.path}: \`${where}\` ${message}.`, {
      hint: 'docs/verification.md shows what can be said of signing.',
      details: { file: config.path },
    });
  });
  if (signing === undefined) return {};
  const { 'trusted-root': root, ...section } = signing;
  return { ...section, ...(root !== undefined && { 'trusted-root': resolve(dirname(config.path), root) }) };
}

/** Keeps the root in the store, so that a mission that is taken up later signs as it did. */
export async function keepSigning(choice: KeylessChoice | undefined, store: ContentStore): Promise<{ signing?: SigningSetting }> {
  if (choice === undefined) return {};
  const { services, root } = choice;
  return { signing: { services, root: await store.put(Buffer.from(root)) } };
}

/** What was signed otherwise is no result of a mission that signs like this: its gate could not count it. */
export function signedRoster(roster: Roster, services: SigningServices | undefined): Roster {
  if (services === undefined) return roster;
  const signing: Digest = digestOf({ keyless: services.ca });
  return {
    ...roster,
    performerOf(task) {
      const performer = roster.performerOf(task);
      return { ...performer, inputs: { ...performer.inputs, signing } };
    },
  };
}
