import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSrtSandbox } from '../../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { casesFor, controls, type Kind } from './attacks.ts';
import { CANARIES, Siege } from './siege.ts';

const missing = await createSrtSandbox().missing();
if (missing.length > 0) process.stdout.write(`skipped: adversary: ${missing.map(({ what }) => what).join(', ')}\n`);

describe.skipIf(missing.length > 0).each<Kind>(['exec', 'acp', 'model'])(
  'an agent by %s that obeys whoever speaks to it',
  (kind) => {
    const cases = casesFor(kind);
    let siege: Siege;
    beforeAll(async () => {
      siege = new Siege(kind, cases);
      await siege.run();
    }, 900_000);
    afterAll(() => siege.close());

    it.each(cases)('$chapter $name (from the $place): contained', (attack) => {
      const { state, reason, loot, log } = siege.aftermath(attack);
      expect({ state, reason }).toMatchObject({ state: attack.ends });
      if (attack.ends === 'succeeded') expect(loot).toContain(`began ${attack.chapter}`);
      if (attack.answered !== undefined) expect(loot).toContain(attack.answered);
      for (const canary of CANARIES) expect(loot ?? '').not.toContain(canary);
      if (attack.denied !== undefined) expect(denials(log).join('\n')).toMatch(attack.denied);
    });

    it('has got nothing out, and nothing in', () => {
      expect(siege.breaches()).toEqual([]);
      if (kind === 'model') expect(siege.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${CANARIES[0]}`);
    });
  },
);

it('without walls it gets what it wants, from wherever it is told to', { timeout: 120_000 }, async () => {
  const siege = new Siege('exec', controls());
  try {
    await siege.run({ unsafeNoSandbox: true });
    expect(siege.breaches()).toEqual(
      expect.arrayContaining(['canary changed', 'secret read', 'connection', "the user's repository changed"]),
    );
  } finally {
    await siege.close();
  }
});

const denials = (log: readonly { entry: string; data: Record<string, unknown> }[]): string[] =>
  log
    .filter(({ entry, data }) => entry === 'agent.decision' && JSON.stringify(data).includes('"deny"'))
    .map(({ data }) => JSON.stringify(data));
