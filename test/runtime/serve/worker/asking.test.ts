import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { type Digest, sha256 } from '../../../../src/base/digest.ts';
import type { Entry } from '../../../../src/runtime/log/entry.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { bundleWith } from '../../../cli/scripted-bundle.ts';
import { type Applied, WorkerBench } from './worker-bench.ts';

/** Seconds. */
const PATIENCE = 8;

let bench: WorkerBench;
beforeAll(async () => {
  bench = new WorkerBench(PATIENCE);
  await bench.start();
  bench.worker('one', 'gpu');
}, 60_000);
afterAll(async () => bench.remove());

/** A mission whose agent, on the worker, asks for something, up to where it does. */
async function asking(name: string): Promise<{ applied: Promise<Applied>; asked: Entry }> {
  const steps = [
    { ask: { kind: 'execute' as const, rawInput: { command: `curl ${name}.example` } }, note: 'said.txt' },
    { write: 'poem.txt', text: `${name}\n` },
  ];
  for (const [path, text] of Object.entries(bundleWith(steps))) bench.write(`${name}/${path}`, text);
  const more = ['--unsafe-no-sandbox', '--answer-within', '60s'];
  const applied = bench.apply(`${bench.served.dir}/${name}/spec`, { agent: 'scripted', more });
  const own = (): Entry | undefined =>
    bench.entries(['question.asked']).find(({ data }) => JSON.stringify(data).includes(`${name}.example`));
  await expect.poll(own, { timeout: 60_000 }).toBeDefined();
  return { applied, asked: own()! };
}

const say = async (word: string, { mission = '', task = '', data }: Entry): Promise<unknown> =>
  bench.served.ask(`/v1/missions/${mission}/${word}`, { body: JSON.stringify({ task, question: data['question'] }) });

/** What was decided of a question, and how often its mission had to begin the task. */
function record({ mission, data: { question } }: Entry) {
  const of = (kinds: string[]) => bench.entries(kinds).filter((entry) => entry.mission === mission);
  const verdicts = of(['agent.decision']).map(({ data }) => data['decision'] as { verdict: string; question?: string });
  return {
    verdicts: verdicts.filter((each) => each.question === question).map(({ verdict }) => verdict),
    leases: of(['task.leased']).length,
    lost: of(['task.lost']).length,
  };
}

it('a person says yes to an agent on a worker, whose lease lives as long as it waits', { timeout: 120_000 }, async () => {
  const { applied, asked } = await asking('yes');
  // Longer than a worker may be silent.
  await wait((PATIENCE + 1) * 1000);
  await say('approve', asked);
  expect(await applied).toMatchObject({ state: 'succeeded' });
  expect(record(asked)).toEqual({ verdicts: ['allow'], leases: 1, lost: 0 });
  const [left] = bench.entries(['artifact.recorded']).filter(({ data }) => data['path'] === 'poem.txt');
  expect(JSON.stringify(left?.data)).toContain(sha256('yes\n'));
});

it('an agent on a worker is told what is remembered', { timeout: 120_000 }, async () => {
  await bench.remember('The harbour opens at six');
  const steps = [{ tell: 'brief' as const, into: 'told.md' }];
  for (const [path, text] of Object.entries(bundleWith(steps)))
    bench.write(`memory/${path}`, text.replace('a poem', 'a poem about the harbour'));
  const { id } = await bench.apply(`${bench.served.dir}/memory/spec`, { agent: 'scripted', more: ['--unsafe-no-sandbox'] });
  const answer = await bench.served.ask(`/v1/missions/${id}/evidence`);
  const told = (answer.items as unknown as { path: string; checksum: Digest }[]).find(({ path }) => path === 'told.md');
  const store = openContentStore(`${bench.served.dir}/w`);
  expect(Buffer.from(store.get(told!.checksum)).toString()).toContain('harbour opens at six');
  const used = bench.entries(['memory.used']).filter(({ mission }) => mission === id);
  expect(used.map(({ data }) => store.has(data['answer'] as Digest))).toEqual([true]);
});

it('a person says no', { timeout: 120_000 }, async () => {
  const { applied, asked } = await asking('no');
  await say('reject', asked);
  await applied;
  expect(record(asked)).toEqual({ verdicts: ['deny'], leases: 1, lost: 0 });
});

it('a mission that is cancelled while its agent waits ends, and the worker does the next', { timeout: 120_000 }, async () => {
  const { applied, asked } = await asking('never');
  await bench.served.ask(`/v1/missions/${asked.mission}/cancel`, { body: '{}' });
  expect(await applied).toMatchObject({ state: 'cancelled' });
  const { applied: next, asked: again } = await asking('next');
  await say('approve', again);
  expect(await next).toMatchObject({ state: 'succeeded' });
});
