import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { verifyCheckpoint } from '../../../../src/runtime/log/checkpoint.ts';
import { cosignedMessage, witnessKeyId } from '../../../../src/runtime/log/cosignature.ts';
import { verifyConsistency } from '../../../../src/runtime/log/merkle.ts';
import { type NoteVerifier, parseNote } from '../../../../src/runtime/log/signed-note.ts';

const NAME = 'witness.example';

/** A witness as c2sp.org/tlog-witness has it: signs what goes on from what it saw, says what it saw last, refuses forks. */
export class FakeWitness {
  /** What it has seen last. */
  seen: { size: number; root: Buffer } = { size: 0, root: Buffer.alloc(0) };
  /** Signs something else than it was shown. */
  lies = false;
  readonly vkey: string;
  readonly #key: KeyObject;
  readonly #id: string;
  readonly #log: NoteVerifier;
  readonly #server: Server;

  constructor(log: NoteVerifier) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = Buffer.concat([Buffer.from([4]), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]);
    this.#key = privateKey;
    this.#id = witnessKeyId(NAME, key);
    this.#log = log;
    this.vkey = `${NAME}+${this.#id}+${key.toString('base64')}`;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(log: NoteVerifier): Promise<FakeWitness> {
    const witness = new FakeWitness(log);
    await new Promise<void>((resolve) => witness.#server.listen(0, '127.0.0.1', resolve));
    return witness;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [status, text] = request.url === '/add-checkpoint' ? this.#add(Buffer.concat(chunks).toString()) : [404, ''];
    response.writeHead(status).end(text);
  }

  #add(body: string): [number, string] {
    const split = body.indexOf('\n\n');
    const [old = '', ...proof] = body.slice(0, split).split('\n');
    const note = body.slice(split + 2);
    const from = Number(old.replace('old ', ''));
    let head;
    try {
      head = verifyCheckpoint(note, this.#log);
    } catch {
      return [403, ''];
    }
    if (from !== this.seen.size) return [409, `${this.seen.size}\n`];
    if (from > head.size) return [400, ''];
    const hashes = proof.map((line) => Buffer.from(line, 'base64'));
    const claim = { from, fromRoot: this.seen.root, to: head.size, toRoot: head.root };
    const goesOn = from === 0 || (from === head.size ? this.seen.root.equals(head.root) : verifyConsistency(claim, hashes));
    if (!goesOn) return [422, ''];
    this.seen = { size: head.size, root: head.root };
    return [200, this.#cosign(note)];
  }

  #cosign(note: string): string {
    const time = 1_700_000_000n;
    const { text } = parseNote(note);
    const signature = sign(null, cosignedMessage(this.lies ? `${text}x\n` : text, time), this.#key);
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    return `— ${NAME} ${Buffer.concat([Buffer.from(this.#id, 'hex'), stamp, signature]).toString('base64')}\n`;
  }
}
