import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { type Digest, sha256 } from '../../../../src/base/digest.ts';
import { type ContentStore, openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { WorkerCache } from '../../../../src/runtime/serve/worker/worker-cache.ts';

let dir: string;
let store: ContentStore;
let digests: Digest[];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cache-'));
  store = openContentStore(dir, { writer: true });
  digests = await store.putMany(['first', 'other', 'third'].map((text) => Buffer.from(text)));
  // Used one after the other, days ago.
  for (const [at, digest] of digests.entries()) utimesSync(store.pathOf(digest), at, at);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const there = (): boolean[] => digests.map((digest) => store.has(digest));

it('takes out what was used longest ago, until there is room', async () => {
  await new WorkerCache(store, 15).bound();
  expect(there()).toEqual([true, true, true]);
  await new WorkerCache(store, 10).bound();
  expect(there()).toEqual([false, true, true]);
});

it('keeps what a lease needs as long as it lasts, and what was needed last after that', async () => {
  const cache = new WorkerCache(store, 4);
  const missing = sha256('not here');
  expect(cache.hold('lease', new Set([digests[0]!, missing]))).toEqual([missing]);
  await cache.bound();
  expect(there()).toEqual([true, false, false]);
  cache.release('lease');
  // It has just looked.
  await cache.bound();
  expect(there()).toEqual([true, false, false]);
  await new WorkerCache(store, 4).bound();
  expect(there()).toEqual([false, false, false]);
});

it('goes by the last use, and not by when something came', async () => {
  const cache = new WorkerCache(store, 5);
  cache.hold('lease', new Set([digests[0]!]));
  cache.release('lease');
  await cache.bound();
  expect(there()).toEqual([true, false, false]);
});
