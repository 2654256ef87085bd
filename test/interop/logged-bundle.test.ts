import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../src/base/digest.ts';
import { openKeys } from '../../src/runtime/app/ledger/keys.ts';
import { noteSigner } from '../../src/runtime/log/signed-note.ts';
import { openStatementSigner } from '../../src/runtime/vault/sign-statement.ts';
import { logTrustedRoot } from '../../src/runtime/vault/keyless/own-log.ts';
import { ServerBench } from '../runtime/serve/server-bench.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

let cosign: Peer;
let bench: ServerBench;
let dir: string;
beforeAll(async () => {
  cosign = await findPeer('cosign');
  bench = await ServerBench.open({ ledger: { isPublic: true } });
  dir = join(bench.dir, 'cosign');
  mkdirSync(dir);
  writeFileSync(join(dir, 'artifact'), 'made here\n');
  const { body } = await bench.ask('/v1/ledger/trusted-root');
  writeFileSync(join(dir, 'trusted_root.json'), JSON.stringify((body as unknown as { trustedRoot: object }).trustedRoot));
}, PEER_TIMEOUT);
afterAll(() => bench.remove());

async function tried(path: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout, stderr } = await runTool(path, args, {
      cwd: dir,
      env: { HOME: dir, PATH: '', COSIGN_PASSWORD: '', COSIGN_YES: 'true' },
    });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
}

const TYPE = 'https://slsa.dev/provenance/v1';
const verify = (bundle: string, ...more: string[]): string[] => [
  'verify-blob-attestation',
  '--key=cosign.pub',
  `--bundle=${bundle}`,
  '--trusted-root=trusted_root.json',
  `--type=${TYPE}`,
  ...more,
  'artifact',
];

describe('cosign', () => {
  it('accepts a bundle that our log has put its proof into, and no other log for it', { timeout: 120_000 }, async (context) => {
    const path = needPeer(context, cosign);
    const signingKey = openKeys(bench.host.engine.workspace).signing();
    const signer = await openStatementSigner(signingKey);
    writeFileSync(join(dir, 'cosign.pub'), signingKey.publicKey);
    const digest = sha256(readFileSync(join(dir, 'artifact'))).slice(7);
    const statement = {
      _type: 'https://in-toto.io/Statement/v1' as const,
      subject: [{ name: 'artifact', digest: { sha256: digest } }],
      predicateType: TYPE,
      predicate: { a: 1 },
    };
    const bundle = JSON.parse(Buffer.from(await signer.sign(statement)).toString());
    writeFileSync(join(dir, 'plain.json'), JSON.stringify(bundle));
    expect((await tried(path, verify('plain.json'))).code).not.toBe(0);
    const { status, body } = await bench.post('/ledger/record', { bundle });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'Record', bundle: { dsseEnvelope: bundle.dsseEnvelope } });
    writeFileSync(join(dir, 'logged.json'), JSON.stringify((body as unknown as { bundle: object }).bundle));
    expect(await tried(path, verify('logged.json'))).toMatchObject({ code: 0, said: expect.stringContaining('Verified OK') });
    const other = noteSigner(openKeys(bench.host.engine.workspace).log().name, generateKeyPairSync('ed25519').privateKey);
    writeFileSync(join(dir, 'other_root.json'), logTrustedRoot([other]));
    const stranger = verify('logged.json').map((word) => word.replace('trusted_root.json', 'other_root.json'));
    expect((await tried(path, stranger)).code).not.toBe(0);
  });

  it('writes to our log itself, and accepts what it answers', { timeout: 120_000 }, async (context) => {
    const path = needPeer(context, cosign);
    expect((await tried(path, ['generate-key-pair', '--output-key-prefix=own'])).code).toBe(0);
    const config = {
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      rekorTlogUrls: [{ url: bench.url, majorApiVersion: 2, validFor: { start: '2020-01-01T00:00:00Z' }, operator: 'here' }],
      rekorTlogConfig: { selector: 'ANY' },
    };
    writeFileSync(join(dir, 'signing_config.json'), JSON.stringify(config));
    writeFileSync(join(dir, 'predicate.json'), '{"a":1}');
    const signed = await tried(path, [
      'attest-blob',
      '--key=own.key',
      '--signing-config=signing_config.json',
      '--trusted-root=trusted_root.json',
      '--predicate=predicate.json',
      `--type=${TYPE}`,
      '--bundle=own.json',
      'artifact',
    ]);
    expect(signed, signed.said).toMatchObject({ code: 0 });
    const bundle = JSON.parse(readFileSync(join(dir, 'own.json'), 'utf8'));
    expect(bundle.verificationMaterial.tlogEntries[0].kindVersion).toEqual({ kind: 'hashedrekord', version: '0.0.2' });
    const verified = await tried(
      path,
      verify('own.json').map((word) => word.replace('cosign.pub', 'own.pub')),
    );
    expect(verified, verified.said).toMatchObject({ code: 0 });
  });
});
