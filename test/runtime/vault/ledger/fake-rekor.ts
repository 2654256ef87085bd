import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { signCheckpoint } from '../../../../src/runtime/log/checkpoint.ts';
import { noteSigner } from '../../../../src/runtime/log/signed-note.ts';
import { logIdOf } from '../../../../src/runtime/vault/keyless/own-log.ts';

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
export class FakeRekor {
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
    const { keyDetails, publicKey, x509Certificate } = verifier;
    const by = publicKey === undefined ? 'x509Certificate' : 'publicKey';
    const leaf = Buffer.from(
      `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"${digest}"},` +
        `"signature":{"content":"${content}","verifier":{"keyDetails":"${keyDetails}","${by}":{"rawBytes":"${(publicKey ?? x509Certificate)?.rawBytes}"}}}}}}`,
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
        logId: { keyId: logIdOf(this.key).toString('base64') },
        kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
        canonicalizedBody,
        inclusionProof: {
          logIndex: String(index),
          treeSize: String(this.leaves.length),
          hashes,
          checkpoint: { envelope: checkpoint },
        },
      },
    ];
  }
}

interface Request {
  hashedRekordRequestV002: {
    digest: string;
    signature: {
      content: string;
      verifier: { keyDetails: string; publicKey?: { rawBytes: string }; x509Certificate?: { rawBytes: string } };
    };
  };
}
