import { afterEach, expect, it } from 'vitest';

import { ServedWorkspace } from '../../../bench/serve/served-workspace.ts';

let served: ServedWorkspace | undefined;
afterEach(async () => served?.remove());

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'a server that ends by %s under load loses no mission that it has said yes to, and the next goes on with them',
  { timeout: 240_000 },
  async (signal) => {
    served = new ServedWorkspace();
    await served.start();
    const acknowledged: string[] = [];
    const ask = async (from: number): Promise<void> => {
      for (let at = 0; at < 2; at++) acknowledged.push(await served!.begin(`Thing${from}${at}`));
    };
    // Cut while some are being asked for, some run and some wait; what was never answered is nobody's loss.
    const asking = Promise.allSettled([ask(1), ask(2)]);
    while (acknowledged.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await served.stop(signal);
    await asking;
    await served.start();
    for (const mission of acknowledged) expect(await served.ended(mission)).toMatchObject({ id: mission, state: 'succeeded' });
  },
);
