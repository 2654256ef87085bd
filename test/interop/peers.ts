import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import type { TestContext } from 'vitest';

/** Programs of others that check what we write: on PATH, or else made by `go install` from these modules, once per machine. */
const MODULES = {
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  cosign: 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3',
  litewitness: 'filippo.io/torchwood/cmd/litewitness@v0.9.0',
  fsck: 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4',
  opa: 'github.com/open-policy-agent/opa@v1.22.2',
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3',
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  // Its module has parts that not every proxy serves: on PATH only.
  'slsa-verifier': undefined,
  syft: undefined,
} as const;

export type PeerName = keyof typeof MODULES;
export type Peer = { path: string } | { missing: string };

/** A large tool takes minutes to compile. */
export const PEER_TIMEOUT = 20 * 60_000;

const run = promisify(execFile);

/** For `beforeAll`: finds the tool, or makes it. Never throws: what is missing says why, and its tests are skipped with that. */
export async function findPeer(name: PeerName): Promise<Peer> {
  const module = MODULES[name];
  // Another tool of that name may well be there: only names that are unmistakable are looked for.
  const onPath = name === 'fsck' ? undefined : pathOf(name);
  if (onPath !== undefined) return { path: onPath };
  if (module === undefined) return { missing: `${name} is not on PATH` };
  const folder = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'agentnexus',
    'peers',
    module.replaceAll('/', '_'),
  );
  const path = join(folder, name);
  if (existsSync(path)) return { path };
  if (pathOf('go') === undefined) return { missing: `${name} is not on PATH, and neither is Go to make it` };
  try {
    mkdirSync(folder, { recursive: true });
    await run('go', ['install', module], { env: { ...process.env, GOBIN: folder, GOFLAGS: '' }, timeout: PEER_TIMEOUT - 10_000 });
    return { path };
  } catch (error) {
    return { missing: `go install ${module} failed: ${String(error).split('\n').slice(0, 3).join(' ')}` };
  }
}

/** The path of the tool; skips the test where there is none. */
export function needPeer(context: TestContext, peer: Peer): string {
  if ('missing' in peer) context.skip(peer.missing);
  return 'path' in peer ? peer.path : '';
}

function pathOf(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
