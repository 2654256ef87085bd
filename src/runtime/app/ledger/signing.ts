import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { writeDurably } from '../../../base/durable-file.ts';
import type { Signing } from '../../mission/workbench.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { trustedRootFile } from '../../vault/export-layout.ts';
import type { ExportSource } from '../../vault/export-mission.ts';
import { ciIdentity, type IdentitySource, noIdentity } from '../../vault/keyless/identity-token.ts';
import type { SigningServices } from '../../vault/keyless/signing-services.ts';
import type { StatementSigner } from '../../vault/sign-statement.ts';
import { readConfig } from '../config.ts';
import type { CallContext } from '../operations.ts';
import type { Workspace } from '../workspace.ts';
import { logVerifier, signingPublicKeys } from './keys.ts';

/** Whom identity tokens are made out to, as every Fulcio wants it. */
const AUDIENCE = 'sigstore';

export interface SigningPlace {
  workspace: Workspace;
  store: ContentStore;
  context: Pick<CallContext, 'onNotice' | 'drain'>;
}

/**
 * How a mission signs that does so without a key; undefined for the local key. Has an identity certified at once, so that what cannot be signed is not begun.
 * Throws `IDENTITY_UNAVAILABLE`, `SIGNING_FAILED`.
 */
export async function openMissionSigning({ signing }: MissionSettings, place: SigningPlace): Promise<Signing | undefined> {
  if (signing === undefined) return undefined;
  const root = Buffer.from(place.store.get(signing.root)).toString();
  const signer = await openKeyless(signing.services, place);
  keepRoot(place.workspace, root);
  return { signer, publicKeys: [], trust: { roots: [root] } };
}

async function openKeyless(services: SigningServices, { context }: SigningPlace): Promise<StatementSigner> {
  const { openKeylessSigner } = await import('../../vault/keyless/keyless-signer.ts');
  const signer = await openKeylessSigner({ services, identity: await identityFor(services, context), clock: systemClock });
  await signer.certify();
  return signer;
}

async function identityFor(services: SigningServices, context: SigningPlace['context']): Promise<IdentitySource> {
  const { environment } = readConfig();
  const ci = ciIdentity(environment, { audience: AUDIENCE, clock: systemClock });
  if (ci !== undefined) return ci;
  const isAttended = process.stdin.isTTY && !environment['CI'];
  if (!isAttended || context.onNotice === undefined) throw noIdentity('Nobody vouches here for who signs.');
  const { browserIdentity } = await import('../../vault/keyless/browser-identity.ts');
  return browserIdentity({ issuer: services.issuer, show: context.onNotice, signal: context.drain, clock: systemClock });
}

/** Beside the public keys, so that the workspace verifies by itself. */
function keepRoot({ keys }: Workspace, root: string): void {
  const path = join(keys, basename(trustedRootFile(root)));
  if (!existsSync(path)) writeDurably(path, root);
}

/** By what the log and the statements of this workspace are believed. */
export function believedHere(workspace: Workspace): Pick<ExportSource, 'logKey' | 'publicKeys' | 'roots'> {
  return { logKey: logVerifier(workspace), publicKeys: signingPublicKeys(workspace), roots: trustedRoots(workspace) };
}

/** Texts of the trusted roots that certificates were issued under in this workspace. */
export function trustedRoots({ keys }: Workspace): string[] {
  const names = existsSync(keys) ? readdirSync(keys).filter((name) => /^trusted-root-.*\.json$/.test(name)) : [];
  return names.sort().map((name) => readFileSync(join(keys, name), 'utf8'));
}
