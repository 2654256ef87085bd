import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { digestOf, hexOf, sha256 } from '../../../src/base/digest.ts';
import { MANIFEST_TYPE } from '../../../src/runtime/app/source/bundle-manifest.ts';
import { READER, ServerBench, SPEC } from './server-bench.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
});
afterAll(async () => bench.remove());

type Answer = Awaited<ReturnType<ServerBench['ask']>>;

const fileOf = (path: string, text: string) => ({ path, digest: sha256(text), size: Buffer.byteLength(text) });

const send = async (manifest: object, more: { token?: string } = {}): Promise<Answer> =>
  bench.ask('/v1/specifications', {
    method: 'POST',
    body: JSON.stringify(manifest),
    headers: { 'content-type': MANIFEST_TYPE },
    ...more,
  });

const put = async (specification: string, digest: string, { body, token }: { body: string; token?: string }): Promise<Answer> =>
  bench.ask(`/v1/specifications/${specification}/contents/${digest}`, {
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/octet-stream' },
    ...(token !== undefined && { token }),
  });

const kept = (): string[] => readdirSync(join(bench.dir, 'w', 'specifications', 'contents')).toSorted();

describe('a specification that is sent file by file', () => {
  const other = SPEC.replaceAll('Note', 'Other');
  const manifest = { name: 'shop', files: [fileOf('a.md', SPEC), fileOf('deep/b.md', other)] };
  const digest = digestOf(manifest);

  it('is told what is missing, in the order of its files, and is no specification until it is whole', async () => {
    const { status, body } = await send(manifest);
    expect(status).toBe(202);
    expect(body).toMatchObject({ kind: 'MissingContents', items: manifest.files.map((file) => file.digest), upload: digest });
    expect((await put(digest, sha256(SPEC), { body: SPEC })).status).toBe(204);
    const refused = await bench.post('/v1/missions', { specification: digest });
    expect(refused.status).toBe(404);
    expect(refused.body).toMatchObject({ code: 'NOT_FOUND', errors: [{ pointer: '#', detail: `${sha256(other)} is missing` }] });
    expect((await send(manifest)).body.items).toEqual([sha256(other)]);
  });

  it('takes no content but those that its manifest asks for, byte by byte', async () => {
    const before = kept();
    const tampered = await put(digest, sha256(other), { body: other.replace('UUID', 'uuid') });
    expect([tampered.status, tampered.body.code]).toEqual([400, 'USAGE']);
    const unasked = await put(digest, sha256('anything'), { body: 'anything' });
    expect([unasked.status, unasked.body.code]).toEqual([404, 'NOT_FOUND']);
    const nowhere = await put(sha256('no manifest'), sha256(other), { body: other });
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'NOT_FOUND']);
    expect((await put('..%2f..', '..%2f..%2fetc', { body: other })).status).toBe(404);
    expect((await put(digest, sha256(other), { body: other, token: READER })).status).toBe(403);
    expect((await send(manifest, { token: READER })).status).toBe(403);
    expect(kept()).toEqual(before);
  });

  it('is there when nothing is missing, and said to be once', async () => {
    expect((await put(digest, sha256(other), { body: other })).status).toBe(204);
    const { status, body, headers } = await send(manifest);
    expect([status, body.upload, headers.get('location')]).toEqual([201, digest, `/v1/specifications/${digest}`]);
    expect(body).toMatchObject({ kind: 'Validation' });
    const { size } = bench.host.engine.log;
    expect((await send(manifest)).status).toBe(201);
    expect(bench.host.engine.log.size).toBe(size);
    expect(bench.host.engine.log.entry(size - 1)).toMatchObject({
      kind: 'specification.received',
      data: { digest, by: 'owner', mediaType: MANIFEST_TYPE, bytes: SPEC.length + other.length },
    });
    const plan = await bench.ask(`/v1/specifications/${digest}/plan`);
    expect(JSON.stringify(plan.body)).toContain('contract:other');
    expect(JSON.stringify(plan.body)).not.toContain(bench.dir);
  });

  it('shares contents with others, and asks again for one that was damaged', async () => {
    const third = { name: 'shop', files: [fileOf('a.md', SPEC), fileOf('c.md', other)] };
    writeFileSync(join(bench.dir, 'w', 'specifications', 'contents', hexOf(sha256(SPEC))), 'rot');
    expect((await send(third)).body.items).toEqual([sha256(SPEC)]);
    await put(digestOf(third), sha256(SPEC), { body: SPEC });
    expect((await send(third)).status).toBe(201);
  });

  it('cannot be replaced by what is sent whole, under the same digest', async () => {
    const fourth = { name: 'shop', files: [fileOf('d.md', SPEC)] };
    // The canonical JSON of the manifest: as an archive it would have the digest that the manifest has.
    const body = JSON.stringify({ files: [{ digest: sha256(SPEC), path: 'd.md', size: SPEC.length }], name: 'shop' });
    expect(sha256(body)).toBe(digestOf(fourth));
    await bench.ask('/v1/specifications', { method: 'POST', body, headers: { 'content-type': 'application/gzip' } });
    const { status } = await send(fourth);
    expect(status).toBe(201);
    expect((await bench.ask(`/v1/specifications/${digestOf(fourth)}/validation`)).status).toBe(200);
  });

  it('has the sizes that its manifest says', async () => {
    const lie = { name: 'shop', files: [{ ...fileOf('a.md', SPEC), size: 1 }] };
    expect((await send(lie)).status).toBe(400);
    expect((await put(digestOf(lie), sha256(SPEC), { body: SPEC })).status).toBe(400);
  });
});

describe('a manifest', () => {
  const { digest } = fileOf('a.md', SPEC);

  it.each(['../a.md', '/etc/passwd', 'a/../../b.md', 'C:\\a.md', '..\\a.md'])('is refused that leads out by %s', async (path) => {
    const { status, body } = await send({ name: 'shop', files: [{ path, digest, size: 1 }] });
    expect([status, body.code]).toEqual([422, 'BUNDLE_ESCAPE']);
    expect((await send({ name: path, files: [{ path: 'a.md', digest, size: 1 }] })).body.code).toBe('BUNDLE_ESCAPE');
  });

  it.each([
    ['is no JSON of one', 'USAGE', []],
    ['has no name', 'USAGE', { files: [] }],
    ['has folders in its name', 'USAGE', { name: 'a/b', files: [] }],
    ['has a path in another form', 'USAGE', { name: 'a', files: [{ path: './a.md', digest, size: 1 }] }],
    ['has half a character', 'USAGE', { name: 'a', files: [{ path: '\ud800.md', digest, size: 1 }] }],
    ['has something else for a digest', 'USAGE', { name: 'a', files: [{ path: 'a.md', digest: 'sha256:00', size: 1 }] }],
    ['has less than nothing', 'USAGE', { name: 'a', files: [{ path: 'a.md', digest, size: -1 }] }],
    ['has a path twice', 'USAGE', { name: 'a', files: Array.from({ length: 2 }, () => ({ path: 'a.md', digest, size: 1 })) }],
    ['says more', 'USAGE', { name: 'a', files: [], mode: 'rw' }],
    ['has a large file', 'BUNDLE_TOO_LARGE', { name: 'a', files: [{ path: 'a.md', digest, size: 17 * 2 ** 20 }] }],
    [
      'is large as a whole',
      'BUNDLE_TOO_LARGE',
      { name: 'a', files: Array.from({ length: 5 }, (_, at) => ({ path: `${at}.md`, digest, size: 16 * 2 ** 20 })) },
    ],
    [
      'has many files',
      'BUNDLE_TOO_LARGE',
      { name: 'a', files: Array.from({ length: 20_001 }, (_, at) => ({ path: `${at}.md`, digest, size: 1 })) },
    ],
  ])('is refused that %s', async (_, code, manifest) => {
    expect((await send(manifest)).body.code).toBe(code);
  });

  it('is refused where it is very long', async () => {
    expect((await send({ name: 'a', files: [], filler: 'x'.repeat(9 * 2 ** 20) })).status).toBe(413);
  });
});
