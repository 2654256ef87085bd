import { type MessagePort, parentPort } from 'node:worker_threads';

import { messageOf } from '../../../base/errors.ts';

/** What a thread says: at first that it is ready, by neither; then bytes, or what it died of. */
export interface Reply {
  bytes?: Uint8Array;
  fault?: string;
}

/** In a thread: answers what `ConfinedThread` asks, once it is ready. */
export async function serve(
  answer: (request: unknown) => Promise<Uint8Array<ArrayBuffer>>,
  ready: Promise<unknown> = Promise.resolve(),
): Promise<void> {
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
  try {
    await ready;
    send(port, {}, []);
  } catch (error) {
    send(port, { fault: messageOf(error) }, []);
  }
}

function send(port: MessagePort | null, message: Reply, transfer: readonly ArrayBuffer[]): void {
  // A port of threads, not a window: there is no origin to name.
  port?.postMessage(message, transfer);
}
