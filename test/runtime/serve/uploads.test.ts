import { existsSync, globSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { hexOf, sha256 } from '../../../src/base/digest.ts';
import { manifestDigest, MANIFEST_TYPE } from '../../../src/runtime/app/source/bundle-manifest.ts';
import { pruneUploads, unusedUploadsAside } from '../../../src/runtime/app/upkeep/prune-uploads.ts';
import { keepTidy, tidyUploads } from '../../../src/runtime/serve/tidy-uploads.ts';
import { ServerBench, SPEC } from './server-bench.ts';

const DAY = 86_400_000;

let bench: ServerBench;
/** What a mission was begun with. */
let used: ReturnType<typeof bundle>;
beforeAll(async () => {
  bench = await ServerBench.open();
  used = bundle('used', [SPEC, '# Shared\n']);
  await send(used);
  await bench.ended((await bench.post('/v1/missions', { specification: used.digest })).body.id);
}, 240_000);
afterAll(async () => bench.remove());
beforeEach(async () => tidyUploads(bench.host, { unused: '0s' }));

function bundle(name: string, texts: string[]) {
  const files = texts.map((text, at) => ({ path: `${at}.md`, digest: sha256(text), size: Buffer.byteLength(text) }));
  return { digest: manifestDigest({ name, files }), manifest: { name, files }, texts };
}

/** All of it, but for the last `without` contents; says what is missing. */
async function send({ digest, manifest, texts }: ReturnType<typeof bundle>, without = 0): Promise<number> {
  const ask = async () =>
    bench.ask('/v1/specifications', {
      method: 'POST',
      body: JSON.stringify(manifest),
      headers: { 'content-type': MANIFEST_TYPE },
    });
  await ask();
  for (const text of texts.slice(0, texts.length - without)) {
    const path = `/v1/specifications/${digest}/contents/${sha256(text)}`;
    await bench.ask(path, { method: 'PUT', body: text, headers: { 'content-type': 'application/octet-stream' } });
  }
  return (await ask()).status;
}

const folder = (): string => join(bench.dir, 'w/specifications');
const there = (): string[] => globSync('**/*', { cwd: folder() }).filter((path) => /[0-9a-f]{64}/.test(path));
const has = (digest: string): boolean => there().some((path) => path.includes(hexOf(digest as `sha256:${string}`)));

/** As if what is there had been sent that long ago, but for what `but` names. */
function age(days: number, but: readonly string[] = []): void {
  const then = (Date.now() - days * DAY) / 1000;
  for (const path of there())
    if (!but.some((digest) => path.includes(hexOf(digest as `sha256:${string}`)))) utimesSync(join(folder(), path), then, then);
}

const pruned = (): object[] => [...bench.host.engine.log.entries({ kinds: ['uploads.pruning'] })].map(({ data }) => data);

it('takes out what no mission needs when it is too old, and its contents with it', async () => {
  const old = bundle('old', ['# Old\n', '# Shared\n']);
  const half = bundle('half', ['# Half\n', '# Never sent\n']);
  expect([await send(old), await send(half, 1)]).toEqual([201, 202]);
  const whole = await bench.send('# Whole\n');
  age(31);
  const young = await bench.send('# Young\n');
  const before = pruned().length;

  await tidyUploads(bench.host, {});
  for (const gone of [old.digest, half.digest, whole, sha256('# Old\n'), sha256('# Half\n')])
    expect([gone, has(gone)]).toEqual([gone, false]);
  for (const kept of [used.digest, young, sha256(SPEC), sha256('# Shared\n')]) expect([kept, has(kept)]).toEqual([kept, true]);
  expect(pruned().slice(before)).toEqual([{ files: 6, bytes: expect.any(Number) }]);

  expect((await bench.ask(`/v1/specifications/${whole}/validation`)).status).toBe(404);
  expect((await bench.post('/v1/missions', { specification: half.digest })).body).toMatchObject({ code: 'NOT_FOUND' });
  expect((await bench.ask(`/v1/specifications/${used.digest}/plan`)).status).toBe(200);
  expect(await send(old)).toBe(201);
});

it('takes out the oldest of what is too much, and nothing of the last hour', async () => {
  const first = await bench.send('# First\n');
  age(2);
  const second = await bench.send('# Second\n');
  age(1, [first]);
  const third = await bench.send('# Third\n');
  await tidyUploads(bench.host, { room: '19B' });
  expect([first, second, third].map((digest) => has(digest))).toEqual([false, true, true]);
  await tidyUploads(bench.host, { room: '1B' });
  expect([second, third].map((digest) => has(digest))).toEqual([false, true]);
  expect(has(used.digest)).toBe(true);
});

it('leaves what was sent or used again, also while it looks', async () => {
  const again = await bench.send('# Again\n');
  const seen = await bench.send('# Seen\n');
  age(31);
  const found = await unusedUploadsAside(`${bench.dir}/w`, { before: Date.now(), room: 0, settled: Date.now() });
  expect(found.map(({ path }) => path).sort()).toEqual(
    [again, seen].map((digest) => join(folder(), `${digest.slice(7)}.md`)).sort(),
  );
  await bench.send('# Again\n');
  await bench.ask(`/v1/specifications/${seen}/validation`);
  await pruneUploads(found, bench.host.engine.log);
  await tidyUploads(bench.host, {});
  expect([has(again), has(seen)]).toEqual([true, true]);
});

it('goes with `cache prune` too, and with what a mission has lost by a rule', { timeout: 60_000 }, async () => {
  const unused = await bench.send('# Unused\n');
  const fresh = await bench.send('# Fresh\n');
  age(2, [fresh]);
  expect((await bench.post('/v1/cache/prune', { dryRun: true, olderThan: '3d' })).body).toMatchObject({ uploads: { files: 0 } });
  expect((await bench.post('/v1/cache/prune', { dryRun: true })).body).toMatchObject({ uploads: { files: 1, bytes: 9 } });
  expect(has(unused)).toBe(true);
  expect((await bench.post('/v1/cache/prune', {})).body).toMatchObject({ uploads: { files: 1, bytes: 9 } });
  expect([unused, fresh, used.digest].map((digest) => has(digest))).toEqual([false, true, true]);

  // Another mission of the specification with other contents, so that the first is no longer the last one.
  const next = bundle('used', [SPEC.replace('text', 'words'), '# Shared\n']);
  await send(next);
  await bench.ended((await bench.post('/v1/missions', { specification: next.digest })).body.id);
  age(2, [fresh]);
  const body = { payloadsOlderThan: '0d' };
  expect((await bench.post('/v1/cache/prune', body)).body).toMatchObject({ payloads: { missions: 1 } });
  await bench.post('/v1/cache/prune', {});
  expect([used.digest, next.digest, sha256(SPEC), sha256('# Shared\n')].map((digest) => has(digest))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

it('looks as soon as it serves, and no more when it ends', async () => {
  const unused = await bench.send('# Unused\n');
  age(31);
  const troubles: Error[] = [];
  const tidy = keepTidy(bench.host, undefined, (error) => troubles.push(error));
  await expect.poll(() => has(unused)).toBe(false);
  await tidy.end();
  expect([troubles, existsSync(folder())]).toEqual([[], true]);
});
