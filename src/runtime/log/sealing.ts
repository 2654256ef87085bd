import { ticks } from '../../base/clock.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { CompactRange } from './compact-range.ts';
import type { NoteSigner } from './signed-note.ts';
import type { TailMac } from './tail-mac.ts';

/** How a commit is closed: signed for everyone, or for the moment by a code that only the writer can make. */
export type Closing = { note: string; mac: null } | { note: null; mac: Buffer };

/** How often to sign. */
export interface Signing {
  /** Milliseconds from one signature to the next, of 30 µs each, while commits follow each other; 0 signs each commit. */
  every: number;
  /** Milliseconds that a commit may go without a signature when none follows it. */
  within: number;
}

interface SealingOptions {
  signer: NoteSigner;
  mac: TailMac;
  signing: Signing;
  /** Signs what is committed: called when nothing else has for too long. */
  seal: () => void;
}

/**
 * Decides which commits are signed: in a burst one in a while, else each. What is still unsigned when none has followed in time is signed
 * by a commit of its own.
 */
export class Sealing {
  readonly #options: SealingOptions;
  #signedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SealingOptions) {
    this.#options = options;
  }

  /** For the tree that a commit is about to leave. */
  close(range: CompactRange): Closing {
    const { mac, signing } = this.#options;
    if (ticks() - this.#signedAt >= signing.every) return { note: this.sign(range), mac: null };
    return { note: null, mac: mac.of(range) };
  }

  sign(range: CompactRange): string {
    return signCheckpoint({ size: range.size, root: range.root() }, this.#options.signer);
  }

  /** After the commit. */
  committed(signed: boolean): void {
    if (signed) this.signed();
    else this.#timer ??= setTimeout(this.#options.seal, this.#options.signing.within);
  }

  signed(): void {
    this.#signedAt = ticks();
    this.end();
  }

  /** Nothing more is signed by itself: what could not be, the next writer signs. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
