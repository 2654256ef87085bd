import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../src/base/clock.ts';
import { writeEntryFile } from '../src/runtime/workspace/memory/entry-file.ts';
import { hashEmbedder } from '../src/runtime/workspace/memory/hash-embedder.ts';
import { type Memory, memoryFolder, openMemory } from '../src/runtime/workspace/memory/memory.ts';
import { type BenchRow, row } from './bench-row.ts';

const ENTRIES = 100_000;
const VOCABULARY = 20_000;
const QUESTIONS = 400;
const WARM_UP = 50;

/** Speed of the memory over 100,000 entries of 20 to 80 words, as often as words are in a language (Zipf). */
export async function benchMemory(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-memory-'));
  try {
    const random = generator(12_345);
    writeFiles(memoryFolder(dir), random);
    const embedder = hashEmbedder();
    const made = await timed(async () => (await openMemory(dir, { clock: systemClock, embedder })).close());
    const memory = await openMemory(dir, { clock: systemClock, embedder });
    const again = await timed(async () => memory.refresh());
    const first = await timed(async () => void (await memory.search('ten', { scopes: ['project'], limit: 10 })));
    const times = await ask(memory, random);
    const held = process.memoryUsage().rss / 1e6;
    memory.close();
    return [
      row('memory: search, median', { value: quantile(times, 0.5), baseline: 20 }),
      row('memory: search, p99', { value: quantile(times, 0.99), baseline: 20, goal: '<= 20 ms over 100,000 entries' }),
      row('memory: first search (loads the vectors)', { value: first, baseline: 20 }),
      row('memory: look at 100,000 files', { value: again, baseline: 1000 }),
      row('memory: index made of 100,000 files', { value: made, baseline: 60_000 }),
      row('memory: resident', { value: held, baseline: 400, unit: 'MB' }),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ask(memory: Memory, random: () => number): Promise<number[]> {
  const times: number[] = [];
  for (let i = -WARM_UP; i < QUESTIONS; i++) {
    const question = words(random, 2 + Math.floor(random() * 7));
    const taken = await timed(async () => void (await memory.search(question, { scopes: ['project'], limit: 10 })));
    if (i >= 0) times.push(taken);
  }
  return times.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function writeFiles(folder: string, random: () => number): void {
  mkdirSync(join(folder, 'project'), { recursive: true });
  for (let i = 0; i < ENTRIES; i++) {
    const text = words(random, 20 + Math.floor(random() * 60));
    const time = new Date(1_750_000_000_000 + i * 1000).toISOString();
    const entry = { scope: 'project', kind: 'note', text, provenance: { person: 'bench' }, trust: 'trusted', at: time } as const;
    writeFileSync(join(folder, 'project', `${i}.md`), writeEntryFile(entry));
  }
}

const SUMS = Float64Array.from({ length: VOCABULARY }, () => 0);
let total = 0;
for (let rank = 0; rank < VOCABULARY; rank++) SUMS[rank] = total += 1 / (rank + 1);

function words(random: () => number, count: number): string {
  return Array.from({ length: count }, () => word(rankAt(random() * total))).join(' ');
}

function rankAt(sum: number): number {
  let [low, high] = [0, VOCABULARY - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((SUMS[middle] ?? 0) < sum) low = middle + 1;
    else high = middle;
  }
  return low;
}

const SYLLABLES = 'ba ko ri ten mu sol gra pi dex lo var tin es qu na ol ze fi um ar'.split(' ');

function word(rank: number): string {
  let text = '';
  for (let left = rank + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length))
    text += SYLLABLES[left % SYLLABLES.length] ?? '';
  return text;
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
