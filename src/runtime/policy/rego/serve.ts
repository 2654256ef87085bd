import { type MessagePort, parentPort } from 'node:worker_threads';

import { messageOf } from '../../../base/errors.ts';

/** What a thread answers: bytes, or what it died of. */
export interface Reply {
  bytes?: Uint8Array;
  fault?: string;
}

/** In a thread: answers what `ConfinedThread` asks. */
export function serve(answer: (request: unknown) => Promise<Uint8Array<ArrayBuffer>>): void {
  const port: MessagePort | null = parentPort;
  const reply = async (request: unknown) => {
    try {
      const bytes = await answer(request);
      send(port, { bytes }, [bytes.buffer]);
    } catch (error) {
      send(port, { fault: messageOf(error) }, []);
    }
  };
  port?.on('message', (request: unknown) => void reply(request));
}

function send(port: MessagePort | null, message: Reply, transfer: readonly ArrayBuffer[]): void {
  // A port of threads, not a window: there is no origin to name.
  port?.postMessage(message, transfer);
}
