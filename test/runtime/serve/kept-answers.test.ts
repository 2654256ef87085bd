import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { artifactIdOf } from '../../../src/runtime/vault/evidence.ts';
import { artifactRecorded } from '../../../src/runtime/vault/records.ts';
import { KeptAnswers } from '../../../src/runtime/serve/kept-answers.ts';
import { LogMark } from '../../../src/runtime/serve/log-mark.ts';
import { ROUTES } from '../../../src/runtime/serve/routes.ts';
import { ServerBench } from './server-bench.ts';

describe('answers that are kept', () => {
  const mark = { now: 'a' };
  const made: string[] = [];
  const make = (answer: string) => async () => {
    made.push(answer);
    return answer;
  };

  it('are made once, until the log is another', async () => {
    const kept = new KeptAnswers(mark);
    expect([await kept.answer('x', make('1')), await kept.answer('x', make('2'))]).toEqual(['1', '1']);
    mark.now = 'b';
    expect([await kept.answer('x', make('3')), await kept.answer('y', make('4'))]).toEqual(['3', '4']);
    expect(made.splice(0)).toEqual(['1', '3', '4']);
  });

  it('are not those that were read while the log grew', async () => {
    const kept = new KeptAnswers(mark);
    const during = async (): Promise<string> => {
      mark.now = 'c';
      return 'of before, or of after';
    };
    await kept.answer('x', during);
    expect(await kept.answer('x', make('of now'))).toBe('of now');
  });

  it('have so much room, and no more', async () => {
    const kept = new KeptAnswers(mark, 10);
    made.length = 0;
    for (const asked of ['a', 'b', 'c', 'c', 'a']) await kept.answer(asked, make(asked.repeat(3)));
    await kept.answer('d', make('d'.repeat(10)));
    await kept.answer('d', make('d'.repeat(10)));
    expect(made.map((each) => each[0])).toEqual(['a', 'b', 'c', 'a', 'd', 'd']);
  });

  it('are not kept where nothing could be answered', async () => {
    const kept = new KeptAnswers(mark);
    await expect(kept.answer('x', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await kept.answer('x', make('yes'))).toBe('yes');
  });
});

describe('what a server answers', () => {
  let bench: ServerBench;
  let mission: string;
  beforeAll(async () => {
    bench = await ServerBench.open();
    mission = (await bench.post('/v1/missions', { specification: await bench.send() })).body.id;
    await bench.ended(mission);
  }, 240_000);
  afterAll(async () => bench.remove());

  const recorded = async (path: string): Promise<void> => {
    const checksum = sha256(path);
    const evidence = {
      artifactId: artifactIdOf(mission, { path, digest: checksum }),
      missionId: mission,
      type: 'code' as const,
      uri: `file:///${path}`,
      checksum,
      reviewer: 'test',
    };
    await bench.host.engine.log.append([artifactRecorded({ mission, task: 'contract:note' }, { path, size: 1, evidence })]);
  };

  it('is what the log says by now, on every route that reads it, however often it was asked', { timeout: 60_000 }, async () => {
    const read = ROUTES.filter(({ isRead }) => isRead === true).map(({ path }) =>
      path
        .replace(':mission', mission)
        .replace(':task', 'contract:note')
        .replace(':artifact', 'package.json')
        .replace(':seq', '0'),
    );
    const { log } = bench.host.engine;
    const answers = async (): Promise<string[]> =>
      Promise.all(read.map(async (path) => JSON.stringify((await bench.ask(path)).body)));
    for (const path of ['a.ts', 'b.ts']) {
      // A mission that has just ended, or an entry, may still be signed.
      const before = await vi.waitFor(async () => {
        const first = await answers();
        expect(await answers()).toEqual(first);
        return first;
      });
      await recorded(path);
      log.checkpoint();
      const after = await answers();
      const changed = read
        .filter((_, at) => before[at] !== after[at])
        .map((route) => route.replace(`/v1/missions/${mission}`, ''));
      expect(changed).toEqual(expect.arrayContaining(['', '/logs', '/report', '/evidence', '/v1/ledger/checkpoint']));
      expect(after[read.findIndex((route) => route.endsWith('/evidence'))]).toContain(`"${path}"`);
      expect(await answers()).toEqual(after);
    }
  });

  it('is told to those who may touch some missions only as it is for them', async () => {
    const lend = async (missions: string[]): Promise<string> => {
      const { body } = await bench.post('/v1/tokens', { name: 'guest', scopes: ['missions:read'], missions });
      return (body as unknown as { token: string }).token;
    };
    const second = (await bench.post('/v1/missions', { specification: await bench.send(), force: ['contract:note'] })).body.id;
    await bench.ended(second);
    const [one, other] = [await lend([mission]), await lend([second])];
    const seen = async (token?: string): Promise<string[]> =>
      (await bench.ask('/v1/missions', token === undefined ? {} : { token })).body.items.map(({ id }) => id);
    expect([await seen(), await seen(one), await seen(other), await seen()]).toEqual([
      [second, mission],
      [mission],
      [second],
      [second, mission],
    ]);
  });

  it('says where a product lies as soon as it does', () => {
    const host = { engine: bench.host.engine, placed: 0 };
    const mark = new LogMark(host);
    const before = mark.now;
    expect(mark.now).toBe(before);
    host.placed++;
    expect(mark.now).not.toBe(before);
  });
});
