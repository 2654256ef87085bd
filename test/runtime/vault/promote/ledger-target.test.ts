import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { signCheckpoint } from '../../../../src/runtime/log/checkpoint.ts';
import { noteSigner } from '../../../../src/runtime/log/signed-note.ts';
import {
  canonicalRecord,
  hashedRecord,
  type LedgerOptions,
  ledgerTarget,
} from '../../../../src/runtime/vault/promote/ledger-target.ts';
import type { Release } from '../../../../src/runtime/vault/promote/promotion.ts';
import { runPromotion } from '../../../../src/runtime/vault/promote/run-promotion.ts';
import { openWorkspace, type Workspace } from '../sample-mission.ts';
import { dyingAt, Killed, sampleRelease } from './sample-release.ts';

const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 6962, 2.1, as it is written there. */
function root(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (leaves.length === 1 && first !== undefined) return sha(Buffer.from([0]), first);
  const split = splitOf(leaves.length);
  return sha(Buffer.from([1]), root(leaves.slice(0, split)), root(leaves.slice(split)));
}

function path(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...path(index, leaves.slice(0, split)), root(leaves.slice(split))]
    : [...path(index - split, leaves.slice(split)), root(leaves.slice(0, split))];
}

/** A log with the write API of Rekor v2, as far as it takes records of hashes. */
class FakeRekor {
  readonly leaves: Buffer[] = [];
  readonly key = noteSigner('rekor.example', generateKeyPairSync('ed25519').privateKey);
  lie: 'none' | 'entry' | 'proof' = 'none';
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const known = request.url === '/api/v2/log/entries' && request.method === 'POST';
    const [status, answer] = known ? this.#record(JSON.parse(Buffer.concat(chunks).toString())) : [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  static async start(): Promise<FakeRekor> {
    const rekor = new FakeRekor();
    await new Promise<void>((resolve) => rekor.#server.listen(0, '127.0.0.1', resolve));
    return rekor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #record({ hashedRekordRequestV002: { digest, signature } }: Request): [number, unknown] {
    const { content, verifier } = signature;
    const { keyDetails, publicKey } = verifier;
    const leaf = Buffer.from(
      `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"${digest}"},` +
        `"signature":{"content":"${content}","verifier":{"keyDetails":"${keyDetails}","publicKey":{"rawBytes":"${publicKey.rawBytes}"}}}}}}`,
    );
    if (this.leaves.some((each) => each.equals(leaf))) return [409, { message: 'an equivalent entry already exists' }];
    const index = this.leaves.push(leaf) - 1;
    const checkpoint = signCheckpoint({ size: this.leaves.length, root: root(this.leaves) }, this.key);
    const hashes = path(index, this.leaves).map((hash) => (this.lie === 'proof' ? sha(hash) : hash).toString('base64'));
    const canonicalizedBody = (this.lie === 'entry' ? Buffer.from('{}') : leaf).toString('base64');
    return [
      201,
      {
        logIndex: String(index),
        canonicalizedBody,
        inclusionProof: { logIndex: String(index), hashes, checkpoint: { envelope: checkpoint } },
      },
    ];
  }
}

interface Request {
  hashedRekordRequestV002: {
    digest: string;
    signature: { content: string; verifier: { keyDetails: string; publicKey: { rawBytes: string } } };
  };
}

let workspace: Workspace;
let release: Release;
let rekor: FakeRekor;
beforeAll(async () => {
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
});
afterAll(() => workspace[Symbol.dispose]());
beforeEach(async () => void (rekor = await FakeRekor.start()));
afterEach(() => rekor.stop());

const stepsTo = (changes: Partial<LedgerOptions> = {}) =>
  ledgerTarget({
    url: rekor.url,
    key: rekor.key,
    publicKeys: new Map([[workspace.signingKey.hint, workspace.signingKey.publicKey]]),
    keep: (bytes) => workspace.store.put(bytes),
    ...changes,
  }).steps(release);

let ids = 0;
const promote = (steps = stepsTo(), id = `l${ids++}`) => runPromotion({ log: workspace.log, id, steps });

describe('a promotion to another ledger', () => {
  it('records each statement once, and keeps what was answered', async () => {
    const { results } = await promote();
    expect(rekor.leaves).toHaveLength(3);
    expect([...results.values()].map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { entry } of results.values()) expect(workspace.store.has(entry as `sha256:${string}`)).toBe(true);
    const bundle = readFileSync(join(release.dir, 'evidence', 'gate.sigstore.json'));
    const record = hashedRecord(bundle, new Map([[workspace.signingKey.hint, workspace.signingKey.publicKey]]));
    expect(rekor.leaves.map(String)).toContain(canonicalRecord(record));
    await promote();
    expect(rekor.leaves).toHaveLength(3);
  });

  it('goes on where it was cut off', async () => {
    await expect(promote(dyingAt(stepsTo(), 1, 'after'), 'cut')).rejects.toThrow(Killed);
    expect(await promote(stepsTo(), 'cut')).toMatchObject({ state: 'done' });
    expect(rekor.leaves).toHaveLength(3);
  });

  it.each(['entry', 'proof'] as const)('takes no %s that does not hold', async (lie) => {
    rekor.leaves.push(Buffer.from('somebody else'));
    rekor.lie = lie;
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
  });

  it('takes no checkpoint of another key, and says what cannot be reached', async () => {
    const key = noteSigner('rekor.example', generateKeyPairSync('ed25519').privateKey);
    await expect(promote(stepsTo({ key }))).rejects.toMatchObject({ code: 'VERIFY_FAILED' });
    await expect(promote(stepsTo({ url: 'http://127.0.0.1:9' }))).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
  });
});
