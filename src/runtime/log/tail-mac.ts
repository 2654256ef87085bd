import { hkdfSync } from 'node:crypto';

import type { CompactRange } from './compact-range.ts';
import { sha256Hash } from './merkle.ts';
import type { NoteSigner } from './signed-note.ts';

/** SHA-256 works on blocks of 64 bytes. */
const BLOCK = 64;

/** More roots than any tree has perfect subtrees: one for each bit of its size. */
const MOST_ROOTS = 53;

/**
 * Says with the log's own key that a tree is the writer's: what a signature says, for nobody but the writer, at a tenth of its cost. It
 * guards the entries that a crash left unsigned until the next writer signs them.
 */
export class TailMac {
  readonly #inner = Buffer.alloc(BLOCK + 8 + MOST_ROOTS * 32);
  readonly #outer = Buffer.alloc(BLOCK + 32);

  constructor(signer: NoteSigner) {
    const secret = signer.privateKey.export({ type: 'pkcs8', format: 'der' });
    const key = Buffer.from(hkdfSync('sha256', secret, '', `agentnexus.dev/log tail with subtrees of ${signer.name}`, 32));
    this.#inner.fill(0x36, 0, BLOCK);
    this.#outer.fill(0x5c, 0, BLOCK);
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** HMAC-SHA-256 (RFC 2104) of the size, in 64 bits, and the roots of the perfect subtrees: the root of the tree follows from these, at a price. */
  of({ size, roots }: Pick<CompactRange, 'size' | 'roots'>): Buffer {
    // No size needs the first two bytes of the eight.
    this.#inner.writeUIntBE(size, BLOCK + 2, 6);
    let end = BLOCK + 8;
    for (const root of roots) end += root.copy(this.#inner, end);
    sha256Hash(this.#inner.subarray(0, end)).copy(this.#outer, BLOCK);
    return sha256Hash(this.#outer);
  }
}
