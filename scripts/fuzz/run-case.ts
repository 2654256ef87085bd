import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { NexusError } from '../../src/base/errors.ts';
import { readArchive } from '../../src/spec/archive/read-archive.ts';
import { readLevels } from '../../src/spec/levels/read-levels.ts';
import { readLock } from '../../src/spec/lock/read-lock.ts';
import type { Bundle, BundleFile } from '../../src/spec/read-bundle.ts';
import { tar, zip } from '../../test/spec/archive/pack.ts';
import { readByLaw } from '../../test/spec/broken-laws.ts';
import { mutationsOf } from '../../test/spec/mutate.ts';
import type { Kind, Seed } from './seeds.ts';

/** Which case, and where archives may be written. */
export interface CasePlace {
  index: number;
  seed: number;
  kinds: readonly Kind[];
  folder: string;
}

/** One changed file, read. `faults` are the laws it breaks; an error that is none of ours is one. */
export interface CaseResult {
  kind: string;
  path: string;
  changed: string | Buffer;
  milliseconds: number;
  faults: string[];
}

/** A case is made from its number and the seed alone, so that it can be run again by itself. */
export async function runCase({ index, seed, kinds, folder }: CasePlace): Promise<CaseResult> {
  const kind = kinds[index % kinds.length];
  const turn = Math.floor(index / kinds.length);
  const chosen = kind?.seeds[turn % kind.seeds.length];
  if (kind === undefined || chosen === undefined) throw new RangeError('no seeds');
  const changed = kind.reads === 'archive' ? changedBytes(kind, chosen, seed + index) : changedText(chosen, seed + index);
  const started = process.cpuUsage();
  const faults = await faultsIn(() => read(changed, { kind, chosen, turn, folder }));
  const { user, system } = process.cpuUsage(started);
  return { kind: kind.name, path: chosen.file.path, changed, milliseconds: (user + system) / 1000, faults };
}

function changedText({ file }: Seed, seed: number): string {
  return fc.sample(mutationsOf([file.text], { floods: true }), { seed, numRuns: 1 })[0] ?? '';
}

/** An archive with the seed in it, a few bytes of which are others. Every second one holds a changed text instead. */
function changedBytes({ name }: Kind, chosen: Seed, seed: number): Buffer {
  const text = seed % 2 === 0 ? chosen.file.text : changedText(chosen, seed);
  const entries = [{ path: chosen.file.path, text }, ...chosen.beside.slice(0, 5)].map((file) => ({
    name: file.path,
    content: file.text,
  }));
  const bytes = name === 'zip' ? zip(entries) : name === 'tar' ? tar(entries) : gzipSync(tar(entries), { level: 1 });
  if (seed % 2 === 1) return bytes;
  const edits = fc.sample(fc.array(fc.tuple(fc.nat(bytes.length), fc.nat(255)), { minLength: 1, maxLength: 8 }), {
    seed,
    numRuns: 1,
  });
  for (const [at, value] of edits[0] ?? []) bytes[at] = value;
  return seed % 8 === 0 ? bytes.subarray(0, edits[0]?.[0]?.[0] ?? 0) : bytes;
}

interface Reading {
  kind: Kind;
  chosen: Seed;
  turn: number;
  folder: string;
}

async function read(changed: string | Buffer, { kind, chosen, turn, folder }: Reading): Promise<string[]> {
  if (typeof changed !== 'string') return readPacked(changed, join(folder, `a.${kind.name}`));
  if (kind.reads === 'levels') return told(() => readLevels(changed, chosen.file.path));
  if (kind.reads === 'lock') return told(() => readLock(changed, chosen.file.path));
  const files: BundleFile[] = [...chosen.beside, { path: chosen.file.path, text: changed }];
  const bundle: Bundle = { root: '/bundle', name: 'bundle', files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
  // Every second one is read as whatever it looks like: the tests for that meet the same texts.
  return (await readByLaw(bundle, turn % 2 === 0 ? chosen.dialect : undefined)).broken;
}

async function readPacked(bytes: Buffer, path: string): Promise<string[]> {
  writeFileSync(path, bytes);
  try {
    return (await readByLaw(await readArchive(path))).broken;
  } catch (error) {
    if (error instanceof NexusError) return [];
    throw error;
  }
}

function told(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
  }
  return [];
}

async function faultsIn(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}
