import { generateKeyPairSync, sign } from 'node:crypto';

import { DSSEBundleBuilder, RekorWitness } from '@sigstore/sign';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { logVerifier, openKeys } from '../../../src/runtime/app/ledger/keys.ts';
import { verifyCheckpoint } from '../../../src/runtime/log/checkpoint.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { parseProof, verifyProof } from '../../../src/runtime/log/proof.ts';
import { logTrustedRoot } from '../../../src/runtime/vault/keyless/own-log.ts';
import { rekorV2Witness } from '../../../src/runtime/vault/keyless/rekor-v2-witness.ts';
import { openBundleSigner, openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { openBundleVerifier } from '../../../src/runtime/vault/verify-bundle.ts';
import { READER, ServerBench } from './server-bench.ts';

const STATEMENT: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {},
};

let bench: ServerBench;
let open: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
  open = await ServerBench.open({ ledger: { isPublic: true } });
});
afterAll(async () => {
  await open.remove();
  await bench.remove();
});

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

function request(text: string, change: (body: Body) => unknown = (body) => body): JsonObject {
  const digest = Buffer.from(sha256(text).slice(7), 'hex').toString('base64');
  const content = sign('sha256', Buffer.from(text), privateKey).toString('base64');
  const verifier = { keyDetails: 'PKIX_ECDSA_P256_SHA_256', publicKey: { rawBytes: spki } };
  return { hashedRekordRequestV002: change({ digest, signature: { content, verifier } }) } as JsonObject;
}

interface Body {
  digest: string;
  signature: { content: string; verifier: { keyDetails: string; publicKey: { rawBytes: string } } };
}

describe('the write API of Rekor v2', () => {
  it('records a signature once, and answers with an entry that is proven under the log', async () => {
    const { log, workspace } = bench.host.engine;
    const sent = request('first');
    const { status, body } = await bench.post('/api/v2/log/entries', sent);
    expect(status).toBe(201);
    expect(body).toMatchObject({ kindVersion: { kind: 'hashedrekord', version: '0.0.2' } });
    const { logIndex, canonicalizedBody } = body as unknown as { logIndex: string; canonicalizedBody: string };
    const leaf = Buffer.from(canonicalizedBody, 'base64');
    expect(leaf.equals(log.leafBody(Number(logIndex)))).toBe(true);
    expect(log.entry(Number(logIndex) - 1)).toMatchObject({
      kind: 'ledger.recorded',
      data: { by: 'owner', digest: sha256('first') },
    });
    const size = log.size;
    expect((await bench.post('/api/v2/log/entries', sent)).body).toMatchObject({ logIndex });
    expect(log.size).toBe(size);
    expect(fsck(workspace.dir, { verifier: logVerifier(workspace) }).faults).toEqual([]);
  });

  const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'der' });
  it.each<[string, (body: Body) => unknown]>([
    ['of another digest', (body) => ({ ...body, digest: request('other')['digest'] ?? Buffer.alloc(32).toString('base64') })],
    ['of a digest that is none', (body) => ({ ...body, digest: 'AAAA' })],
    ['that is no signature', ({ signature, ...body }) => ({ ...body, signature: { ...signature, content: 'AAAA' } })],
    ['that is not base64', ({ signature, ...body }) => ({ ...body, signature: { ...signature, content: '%' } })],
    ['without a key', ({ signature, ...body }) => ({ ...body, signature: { content: signature.content } })],
    ['by a key of another kind', (body) => withKey(body, other.toString('base64'))],
    ['by a key that is none', (body) => withKey(body, 'AAAA')],
  ])('takes no signature %s', async (_, change) => {
    const { log } = bench.host.engine;
    const size = log.size;
    const { status, body } = await bench.post('/api/v2/log/entries', request('bad', change));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'RECORD_REFUSED' });
    expect(log.size).toBe(size);
  });

  function withKey({ digest, signature }: Body, rawBytes: string): unknown {
    return { digest, signature: { ...signature, verifier: { ...signature.verifier, publicKey: { rawBytes } } } };
  }

  it('takes no other kind of entry, nor what is too large', async () => {
    expect((await bench.post('/api/v2/log/entries', { dsseRequestV002: {} })).body).toMatchObject({ code: 'RECORD_REFUSED' });
    expect((await bench.post('/api/v2/log/entries', { filler: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('is spoken by our own witness, and by that of sigstore-js as far as it sends hashes', async () => {
    const { workspace } = open.host.engine;
    const key = openKeys(workspace).signing();
    const signer = {
      sign: async (data: Buffer) => ({
        signature: key.sign(data),
        key: { $case: 'publicKey' as const, publicKey: key.publicKey, hint: key.hint },
      }),
    };
    const logged = await openBundleSigner({ signer, witnesses: [rekorV2Witness(open.url)] });
    const root = logTrustedRoot([logVerifier(workspace)]);
    const verifier = await openBundleVerifier([key.publicKey], { roots: [root] });
    const bundle = await logged.sign(STATEMENT);
    expect(verifier.verify(bundle)).toMatchObject({ valid: true });
    // An entry that a known log does not vouch for is worse than none.
    const forged = JSON.parse(Buffer.from(bundle).toString());
    const another = JSON.parse(Buffer.from(await logged.sign(STATEMENT)).toString());
    forged.verificationMaterial.tlogEntries = another.verificationMaterial.tlogEntries;
    expect(verifier.verify(Buffer.from(JSON.stringify(forged)))).toMatchObject({ valid: false, code: 'VERIFY_TLOG' });
    const theirs = new RekorWitness({ rekorBaseURL: open.url, entryType: 'dsse', majorApiVersion: 2 });
    const refused = new DSSEBundleBuilder({ signer, witnesses: [theirs] }).create({ data: Buffer.from('{}'), type: 'x' });
    await expect(refused).rejects.toThrow('error creating tlog entry');
  });
});

describe('POST /ledger/record', () => {
  it('records a Sigstore bundle, and gives it back with the proof in it', async () => {
    const { workspace, log } = bench.host.engine;
    const key = openKeys(workspace).signing();
    const bundle = JSON.parse(Buffer.from(await (await openStatementSigner(key)).sign(STATEMENT)).toString());
    for (const path of ['/ledger/record', '/v1/ledger/record']) {
      const { status, body } = await bench.post(path, { bundle });
      expect(status).toBe(201);
      const {
        seq,
        proof,
        checkpoint,
        bundle: logged,
      } = body as unknown as { seq: number; proof: string; checkpoint: string; bundle: JsonObject };
      expect(body).toMatchObject({ kind: 'Record', leafHash: expect.any(String) });
      expect(verifyProof(parseProof(proof), log.leafBody(seq), logVerifier(workspace)).size).toBeGreaterThan(seq);
      expect(verifyCheckpoint(checkpoint, logVerifier(workspace)).origin).toBe(logVerifier(workspace).name);
      const { body: answer } = await bench.ask('/v1/ledger/trusted-root');
      const { trustedRoot } = answer as unknown as { trustedRoot: JsonObject };
      const verifier = await openBundleVerifier([key.publicKey], { roots: [JSON.stringify(trustedRoot)] });
      expect(verifier.verify(Buffer.from(JSON.stringify(logged)))).toMatchObject({ valid: true });
    }
  });

  it('refuses what is no bundle, and a key that is not here', async () => {
    for (const body of [{ bundle: {} }, { bundle: { dsseEnvelope: 1 } }, { bundle: {}, publicKey: 'a key' }]) {
      expect((await bench.post('/ledger/record', body)).body).toMatchObject({ code: 'RECORD_REFUSED' });
    }
    expect((await bench.post('/ledger/record', {})).body).toMatchObject({ code: 'USAGE' });
    expect((await bench.post('/ledger/record', { file: '/etc/passwd' })).body).toMatchObject({ code: 'USAGE' });
  });
});

describe('the log as static files', () => {
  const get = (where: ServerBench, path: string, token = '') =>
    fetch(`${where.url}${path}`, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } });

  it('is for those who may read it, or for everybody where that is said', async () => {
    const paths = ['/checkpoint', '/api/v2/checkpoint', '/tile/0/000.p/1', '/api/v2/tile/entries/000.p/1'];
    for (const path of paths) {
      expect((await get(bench, path)).status, path).toBe(401);
      expect((await get(bench, path, READER)).status, path).toBe(403);
      expect((await get(open, path)).status, path).toBe(200);
      expect((await get(open, path, 'wrong')).status, path).toBe(401);
    }
    const note = await (await get(open, '/checkpoint')).text();
    expect(verifyCheckpoint(note, logVerifier(open.host.engine.workspace)).size).toBeGreaterThan(0);
    expect((await get(open, '/tile/0/999')).status).toBe(404);
    expect((await get(open, '/tile/0/..%2f..%2fetc')).status).toBe(404);
  });

  it('is open for records alone: nothing else is done for anybody', async () => {
    expect((await open.ask('/v1/missions', { token: '' })).status).toBe(401);
    expect((await open.ask('/v1/ledger/checkpoint', { token: '' })).status).toBe(401);
    expect((await open.ask('/v1/ledger/fsck', { method: 'POST', token: '' })).status).toBe(401);
  });
});
