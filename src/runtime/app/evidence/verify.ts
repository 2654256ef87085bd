import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { NexusError, messageOf } from '../../../base/errors.ts';
import { fsck } from '../../log/fsck.ts';
import { findMission } from '../../mission/queries.ts';
import { openContentStore } from '../../vault/content-store.ts';
import type { Verification } from '../../vault/verification.ts';
import { MANIFEST } from '../../vault/export-layout.ts';
import { RELEASE_FILE } from '../../vault/promote/release-statement.ts';
import { verifyExport, type VerifyExportOptions } from '../../vault/verify-export.ts';
import { expectedIdentity } from '../../vault/keyless/identity-match.ts';
import { verifyWorkspace, type VerifyWorkspaceOptions } from '../../vault/verify-workspace.ts';
import { withHistory } from '../host/history.ts';
import { logVerifier, signingPublicKeys } from '../ledger/keys.ts';
import type { CallContext, Handler } from '../operations.ts';
import { trustedRoots } from '../ledger/signing.ts';
import type { VerificationView } from '../views.ts';

/** Verifies an exported folder, the assets of a release, one mission, or (without a target) everything in the workspace. */
export const verify: Handler<'verify'> = async ({ target, key = [], trustedRoot = [], ...words }, context) => {
  const identity = expectedIdentity(words);
  const given = {
    keys: key.map((file) => readKey(resolve(context.cwd, file))),
    ...(trustedRoot.length > 0 && { roots: trustedRoot.map((file) => readKey(resolve(context.cwd, file))) }),
    identity,
  };
  const folder = target === undefined ? undefined : resolve(context.cwd, target);
  if (folder !== undefined && existsSync(folder) && statSync(folder).isDirectory()) {
    return view(folder, await verifyFolder(folder, given));
  }
  return verifyHere(target, given, context);
};

/** What was exported, or the assets of a release as they were fetched. */
async function verifyFolder(folder: string, given: VerifyExportOptions): Promise<Verification> {
  const isRelease = existsSync(join(folder, RELEASE_FILE)) && !existsSync(join(folder, MANIFEST));
  if (!isRelease) return verifyExport(folder, given);
  const { verifyRelease } = await import('../../vault/verify-release.ts');
  return verifyRelease(folder, given);
}

function verifyHere(target: string | undefined, given: VerifyWorkspaceOptions, context: CallContext): Promise<VerificationView> {
  return withHistory(context, async ({ log, workspace }) => {
    const logKey = logVerifier(workspace);
    const report = fsck(workspace.dir, { verifier: logKey });
    const mission = target === undefined ? undefined : findMission(log.db, target).id;
    const store = openContentStore(workspace.dir);
    const roots = trustedRoots(workspace);
    const source = { log, fsck: report, store, signingKeys: signingPublicKeys(workspace), roots, logKey };
    const wanted = mission === undefined ? given : { ...given, mission };
    return view(mission ?? workspace.dir, await verifyWorkspace(source, wanted));
  });
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NexusError('USAGE', `The file ${path} cannot be read: ${messageOf(error)}`, {
      hint: '--key takes a file with a public key in PEM, or the log key as it stands in a .pub file; --trusted-root a trusted_root.json.',
    });
  }
}

function view(
  target: string,
  { result, checked, removed, failures, omitted, trust, identities, missions }: Verification,
): VerificationView {
  return {
    kind: 'Verification',
    target,
    result,
    missions,
    checked: { ...checked },
    removed,
    failures,
    omitted,
    trust,
    identities,
  };
}
