import { ModelFault } from './model-fault.ts';

/** A stream that fails when nothing comes for so long. */
export async function* unstalled<T>(
  stream: AsyncIterable<T> & { controller: AbortController },
  idleMs: number,
): AsyncGenerator<T, void, undefined> {
  const items = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within(items.next(), idleMs);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.controller.abort();
  }
}

async function within<T>(promise: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ModelFault('stream', `The answer broke off: nothing came for ${idleMs} ms.`)), idleMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    // Whoever loses the race has no other listener.
    promise.catch(() => {});
  }
}
