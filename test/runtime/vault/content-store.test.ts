import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cas-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text);

describe('content store', () => {
  it('gives back what was put, under its SHA-256', async () => {
    const store = openContentStore(dir, { writer: true });
    const digest = await store.put(bytes('hello'));
    expect(digest).toBe(sha256('hello'));
    expect(Buffer.from(store.get(digest)).toString()).toBe('hello');
    expect(store.has(digest)).toBe(true);
    expect(store.sizeOf(digest)).toBe(5);
  });

  it('keeps content read-only at a place that follows from the digest', async () => {
    const store = openContentStore(dir, { writer: true });
    const digest = await store.put(bytes('hello'));
    const hex = digest.slice('sha256:'.length);
    expect(store.pathOf(digest)).toBe(join(dir, 'cas', 'sha256', hex.slice(0, 2), hex));
    expect(statSync(store.pathOf(digest)).mode & 0o777).toBe(0o444);
  });

  it('puts many at once, in order, equal ones once', async () => {
    const store = openContentStore(dir, { writer: true });
    const texts = Array.from({ length: 300 }, (_, i) => `content ${i % 250}`);
    expect(await store.putMany(texts.map(bytes))).toEqual(texts.map((text) => sha256(text)));
    expect([...store.list()]).toEqual([...new Set(texts.map((text) => sha256(text)))].toSorted());
  });

  it('lets writers of the same content meet', async () => {
    const store = openContentStore(dir, { writer: true });
    const digests = await Promise.all(Array.from({ length: 20 }, () => store.putMany([bytes('a'), bytes('b')])));
    expect(new Set(digests.flat())).toEqual(new Set([sha256('a'), sha256('b')]));
    expect(readdirSync(join(dir, 'cas', 'incoming'))).toEqual([]);
  });

  it('does not touch content that is there', async () => {
    const store = openContentStore(dir, { writer: true });
    const before = statSync(store.pathOf(await store.put(bytes('hello'))));
    await store.put(bytes('hello'));
    const after = statSync(store.pathOf(sha256('hello')));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it('names the digest of content that was changed', async () => {
    const store = openContentStore(dir, { writer: true });
    const digest = await store.put(bytes('hello'));
    chmodSync(store.pathOf(digest), 0o644);
    writeFileSync(store.pathOf(digest), 'jello');
    expect(() => store.get(digest)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT', details: { digest } }));
  });

  it('refuses to take content of another size under a digest for it, and leaves it', async () => {
    const store = openContentStore(dir, { writer: true });
    const path = store.pathOf(sha256('hello'));
    mkdirSync(dirname(path));
    writeFileSync(path, 'hell');
    await expect(store.put(bytes('hello'))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(readFileSync(path, 'utf8')).toBe('hell');
  });

  it('says which content is missing', () => {
    const store = openContentStore(dir);
    expect(store.has(sha256('x'))).toBe(false);
    expect([...store.list()]).toEqual([]);
    expect(() => store.get(sha256('x'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('lets the writer, and only the writer, sweep what a crash left', async () => {
    await openContentStore(dir, { writer: true }).put(bytes('kept'));
    const leftover = join(dir, 'cas', 'incoming', 'half');
    writeFileSync(leftover, 'ha');
    openContentStore(dir);
    expect(existsSync(leftover)).toBe(true);
    const store = openContentStore(dir, { writer: true });
    expect(existsSync(leftover)).toBe(false);
    expect([...store.list()]).toEqual([sha256('kept')]);
  });

  it('lists only content', async () => {
    const store = openContentStore(dir, { writer: true });
    const digest = await store.put(bytes('hello'));
    writeFileSync(join(dirname(store.pathOf(digest)), 'notes.txt'), '');
    writeFileSync(join(dir, 'cas', 'sha256', 'stray'), '');
    expect([...store.list()]).toEqual([digest]);
  });

  it('says what to do when it cannot write', async () => {
    writeFileSync(join(dir, 'cas'), 'in the way');
    expect(() => openContentStore(dir, { writer: true })).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNWRITABLE' }));
    await expect(openContentStore(dir).put(bytes('x'))).rejects.toMatchObject({ code: 'WORKSPACE_UNWRITABLE' });
  });
});
