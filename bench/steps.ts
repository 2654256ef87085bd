import { setTimeout } from 'node:timers/promises';

import { bareChain, logChain } from './append-chain.ts';
import { type BenchRow, median, row } from './bench-row.ts';
import { startDbos } from './peers/dbos.ts';
import { startRestate } from './peers/restate.ts';
import type { StepChain } from './peers/step-chain.ts';
import { turn } from './peers/turn.ts';

/** Steps of a chain, for about half a second each: after a rest, a processor takes hundreds of steps until it is as fast as it gets. */
const STEPS = { embedded: 2000, server: 250 };
const ROUNDS = 21;

/** Milliseconds in which servers write behind what the last chain has left to them: nobody's steps, but in the way of the next. */
const SETTLE = 200;

/** Durable steps a second, one after another, beside bare SQLite and beside the chains of two durable engines; rounds alternate. */
export async function benchSteps(): Promise<BenchRow[]> {
  const chains = new Map<string, Measured>();
  try {
    chains.set('ours', { ...logChain(), steps: STEPS.embedded });
    chains.set('bare', { ...bareChain(), steps: STEPS.embedded });
    for (const [name, start] of Object.entries({ restate: startRestate, dbos: startDbos })) {
      const chain = await start();
      if (chain !== undefined) chains.set(name, { ...chain, steps: STEPS.server });
    }
    const rates = await alternately(chains);
    const rowBeside = (name: string, baseline: string, goal: string): BenchRow[] =>
      rates.has(baseline)
        ? [row(name, { value: rateOf(rates, 'ours'), baseline: rateOf(rates, baseline), unit: '1/s', goal })]
        : [];
    return [
      ...rowBeside('steps: log, one by one (baseline: bare better-sqlite3 FULL)', 'bare', '≥ 0.8 ×'),
      ...rowBeside('steps: log, one by one (baseline: Restate, ctx.run)', 'restate', '≥ 3 ×'),
      ...rowBeside('steps: log, one by one (baseline: DBOS, runStep)', 'dbos', '≥ 6 ×'),
    ];
  } finally {
    for (const chain of chains.values()) await chain.close();
  }
}

interface Measured extends StepChain {
  steps: number;
}

async function alternately(chains: ReadonlyMap<string, Measured>): Promise<Map<string, number[]>> {
  const rates = new Map([...chains.keys()].map((name) => [name, [] as number[]]));
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, chain] of turn([...chains])) {
      await setTimeout(SETTLE);
      const time = await chain.run(chain.steps);
      if (round > 0) rates.get(name)?.push((chain.steps / time) * 1000);
    }
  }
  return rates;
}

function rateOf(rates: ReadonlyMap<string, readonly number[]>, name: string): number {
  return Math.round(median(rates.get(name) ?? []));
}
