import { chmodSync, existsSync, writeFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Digest, hexOf, sha256 } from '../../../src/base/digest.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { looseContent } from '../../../src/runtime/vault/loose-content.ts';
import { measureContent, removeContent } from '../../../src/runtime/vault/remove-content.ts';
import { treeListing } from '../../../src/runtime/vault/tree-listing.ts';
import { tempFolder, writer } from '../log/log-fixture.ts';

const bytes = (text: string) => Buffer.from(text);
const digestOf = (text: string): Digest => sha256(bytes(text));

/** A store with these contents, and a log with these entries. */
async function workspace(contents: readonly (string | Uint8Array)[], drafts: readonly EntryDraft[]) {
  const dir = tempFolder();
  const store = openContentStore(dir, { writer: true });
  await store.putMany(contents.map((each) => (typeof each === 'string' ? bytes(each) : each)));
  const log = writer(dir);
  if (drafts.length > 0) await log.append(drafts);
  return { store, loose: () => looseContent(log, store) };
}

const file = (path: string, content: string) => ({
  path,
  digest: digestOf(content),
  size: content.length,
  type: 'code' as const,
});

describe('loose content', () => {
  it('is what no entry names, in whatever entry, member or form', async () => {
    const { loose } = await workspace(
      ['top', 'nested', 'plain', 'in text', 'nobody’s'],
      [
        { kind: 'task.started', data: { manifest: digestOf('top') } },
        { kind: 'kind.of-the-future', data: { deep: [{ er: digestOf('nested') }], hex: hexOf(digestOf('plain')) } },
        { kind: 'word.retry', data: { note: `look at ${digestOf('in text')}, please` } },
      ],
    );
    expect([...loose()]).toEqual([digestOf('nobody’s')]);
  });

  it.each([
    ['task.succeeded', 'tree'],
    ['task.cached', 'tree'],
    ['gate.decided', 'head'],
    ['mission.finished', 'head'],
  ])('is no file of the tree that a %s names', async (kind, member) => {
    const listing = treeListing([file('a.ts', 'a'), file('b.ts', 'b')]);
    const { loose } = await workspace([listing, 'a', 'b', 'c'], [{ kind, data: { [member]: sha256(listing) } }]);
    expect([...loose()]).toEqual([digestOf('c')]);
  });

  it('is no file that was there when a mission began', async () => {
    const listing = treeListing([file('a.ts', 'a')]);
    const base = { commit: 'c0ffee', tree: sha256(listing) };
    const { loose } = await workspace([listing, 'a', 'b'], [{ kind: 'mission.created', data: { base } }]);
    expect([...loose()]).toEqual([digestOf('b')]);
  });

  it('cannot be known where a tree is damaged, or is none; one that has gone has nothing to say', async () => {
    const listing = treeListing([file('a.ts', 'a')]);
    const drafts = [{ kind: 'mission.finished', data: { head: sha256(listing) } }];
    const { store, loose } = await workspace([listing, 'a'], drafts);
    const path = store.pathOf(sha256(listing));
    chmodSync(path, 0o644);
    writeFileSync(path, 'x');
    expect(loose).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    removeContent([sha256(listing)], store);
    expect([...loose()]).toEqual([digestOf('a')]);
    const other = await workspace(['no list'], [{ kind: 'task.cached', data: { tree: digestOf('no list') } }]);
    expect(other.loose).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('is everything where nothing was recorded, and nothing where nothing was stored', async () => {
    expect((await workspace(['a', 'b'], [])).loose().size).toBe(2);
    expect((await workspace([], [{ kind: 'task.started', data: { manifest: digestOf('a') } }])).loose().size).toBe(0);
  });

  it('never is what any entry names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string(), { maxLength: 8 }),
        fc.array(fc.nat(7), { maxLength: 8 }),
        async (contents, picks) => {
          const named = picks.flatMap((pick) => contents[pick] ?? []);
          const { loose } = await workspace(
            contents,
            named.map((each) => ({ kind: 'any.thing', data: { a: { b: digestOf(each) } } })),
          );
          expect(loose()).toEqual(new Set(contents.filter((each) => !named.includes(each)).map(digestOf)));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('removing content', () => {
  it('can be done again after it was cut off', async () => {
    const { store } = await workspace(['a', 'bb', 'ccc'], []);
    const all = [digestOf('a'), digestOf('bb'), digestOf('ccc')];
    removeContent(all.slice(0, 1), store);
    removeContent(all.slice(0, 2), store);
    expect(all.map((digest) => existsSync(store.pathOf(digest)))).toEqual([false, false, true]);
    expect(measureContent(all, store)).toEqual([{ digest: digestOf('ccc'), bytes: 3, storedAt: expect.any(Number) }]);
    await store.put(bytes('a'));
    expect(store.get(digestOf('a'))).toEqual(bytes('a'));
  });
});
