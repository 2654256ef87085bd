import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { folderPlace } from '../../../../src/runtime/vault/promote/folder-place.ts';
import { objectTarget } from '../../../../src/runtime/vault/promote/object-target.ts';
import type { ObjectPlace } from '../../../../src/runtime/vault/promote/object-place.ts';
import type { PromotionStep, Release } from '../../../../src/runtime/vault/promote/promotion.ts';
import { readTar } from '../../../../src/runtime/vault/promote/read-tar.ts';
import { runPromotion } from '../../../../src/runtime/vault/promote/run-promotion.ts';
import { type S3Options, s3Place } from '../../../../src/runtime/vault/promote/s3-place.ts';
import { verifyExport } from '../../../../src/runtime/vault/verify-export.ts';
import { MISSION, openWorkspace, type Workspace } from '../sample-mission.ts';
import { FakeS3 } from './fake-s3.ts';
import { dyingAt, Killed, sampleRelease, sampleSeal } from './sample-release.ts';

let workspace: Workspace;
let release: Release;
beforeAll(async () => {
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
});
afterAll(() => workspace[Symbol.dispose]());

let ids = 0;
const promote = (steps: readonly PromotionStep[], id = `p${ids++}`) => runPromotion({ log: workspace.log, id, steps });
const stepsTo = (place: ObjectPlace) => objectTarget('place', place).steps(release, sampleSeal(workspace));

/** Steps that write an object: all but the look at the place, and the signature. */
const writing = (steps: readonly PromotionStep[]): number => steps.length - 2;

describe('a promotion to a folder', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'place-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it('leaves an export that verifies, assets, and an index of all', async () => {
    expect(await promote(stepsTo(folderPlace(dir)))).toMatchObject({ state: 'done' });
    expect(await verifyExport(join(dir, 'missions', MISSION))).toMatchObject({ result: 'verified' });
    const index = JSON.parse(readFileSync(join(dir, 'index', `${MISSION}.json`), 'utf8'));
    const listed = index.objects.map(({ key }: { key: string }) => key).toSorted();
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
      .filter((path) => !path.startsWith('index/'));
    expect(listed).toEqual(files.toSorted());
  });

  it('packs the export so that it can be unpacked again, byte for byte', async () => {
    const files = await readTar(release.assets.get('evidence.tar.gz') ?? Buffer.alloc(0), 'x');
    expect(files.map(({ path }) => path)).toEqual(release.files.map(({ path }) => path));
    for (const { path, content } of files) expect(Buffer.from(content)).toEqual(readFileSync(join(release.dir, path)));
  });

  it('is taken up wherever it was cut off', async () => {
    const count = stepsTo(folderPlace(dir)).length;
    for (const at of [0, 1, 2, count - 3, count - 2, count - 1]) {
      for (const when of ['before', 'after'] as const) {
        const place = folderPlace(join(dir, `${at}-${when}`));
        const id = `folder-${at}-${when}`;
        await expect(promote(dyingAt(stepsTo(place), at, when), id)).rejects.toThrow(Killed);
        expect(await promote(stepsTo(place), id)).toMatchObject({ state: 'done' });
        expect(await verifyExport(join(dir, `${at}-${when}`, 'missions', MISSION))).toMatchObject({ result: 'verified' });
      }
    }
  });

  it('replaces nothing of others, and says where it cannot write', async () => {
    const path = join(dir, 'missions', MISSION, 'tree.json');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'mine');
    await expect(promote(stepsTo(folderPlace(dir)))).rejects.toMatchObject({ code: 'PROMOTION_CONFLICT' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await expect(promote(stepsTo(folderPlace(path)))).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
  });
});

describe('a promotion to S3', () => {
  let s3: FakeS3;
  const before = { ...process.env };
  beforeEach(async () => {
    s3 = await FakeS3.start();
    Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
  });
  afterEach(() => {
    s3.stop();
    process.env = { ...before };
  });
  const steps = (changes: Partial<S3Options> = {}) =>
    stepsTo(s3Place({ bucket: 'evidence', prefix: 'team/a', endpoint: s3.endpoint, ...changes }));

  it('writes each object once, with its checksum, and the versions into the index', async () => {
    const { results } = await promote(steps());
    expect(results.get('probe')).toEqual({ bucket: true, objectLock: false });
    expect(s3.puts).toHaveLength(writing(steps()));
    expect(new Set(s3.puts).size).toBe(s3.puts.length);
    expect(s3.puts.at(-1)).toBe(`team/a/index/${MISSION}.json`);
    expect([...s3.objects.values()].every(({ checksum }) => checksum !== undefined)).toBe(true);
    const index = JSON.parse(s3.objects.get(`team/a/index/${MISSION}.json`)?.bytes.toString() ?? '');
    expect(index.objects.every(({ version }: { version: string }) => version === 'v1')).toBe(true);
    // Another promotion finds them all: nothing is written again.
    await promote(steps());
    expect(s3.puts).toHaveLength(writing(steps()));
  });

  it('goes on after an upload was cut off: by itself, and by the next run', async () => {
    s3.cutOff = { key: 'tree.json', times: 1 };
    expect(await promote(steps())).toMatchObject({ state: 'done' });
    s3.objects.clear();
    s3.cutOff = { key: 'tree.json', times: 100 };
    await expect(promote(steps(), 'cut')).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
    expect(s3.objects.has(`team/a/index/${MISSION}.json`)).toBe(false);
    s3.cutOff = undefined;
    s3.puts.length = 0;
    const { done } = await promote(steps(), 'cut');
    expect(done.filter((name) => name !== 'sign')).toHaveLength(s3.puts.length);
    expect(s3.puts[0]).toBe(`team/a/missions/${MISSION}/tree.json`);
  });

  it('writes nothing twice, wherever the process died', async () => {
    const count = steps().length;
    for (const at of [0, 1, 5, count - 3, count - 2, count - 1]) {
      for (const when of ['before', 'after'] as const) {
        s3.objects.clear();
        s3.puts.length = 0;
        await expect(promote(dyingAt(steps(), at, when), `s3-${at}-${when}`)).rejects.toThrow(Killed);
        expect(await promote(steps(), `s3-${at}-${when}`)).toMatchObject({ state: 'done' });
        expect(s3.puts).toHaveLength(writing(steps()));
      }
    }
  });

  it('says what to do about a missing bucket, a wrong region, a wrong clock and missing rights', async () => {
    const refused = (hint: RegExp) => ({ code: 'PROMOTION_FAILED', hint: expect.stringMatching(hint) });
    await expect(promote(steps({ bucket: 'nowhere' }))).rejects.toMatchObject(refused(/no such bucket/));
    s3.fault = 'denied';
    await expect(promote(steps())).rejects.toMatchObject(refused(/credentials/));
    s3.fault = 'region';
    await expect(promote(steps())).rejects.toMatchObject(refused(/region/));
    s3.fault = 'skew';
    await expect(promote(steps())).rejects.toMatchObject(refused(/clock/));
  });

  it('locks what is to be retained, and refuses a bucket that does not', async () => {
    const retainUntil = '2030-01-01T00:00:00.000Z';
    await expect(promote(steps({ retainUntil }))).rejects.toMatchObject({
      code: 'PROMOTION_FAILED',
      message: expect.stringContaining('lock'),
    });
    s3.lock = true;
    await promote(steps({ retainUntil }));
    expect([...s3.objects.values()].every(({ lock }) => lock === 'GOVERNANCE')).toBe(true);
  });

  it('replaces nothing of others', async () => {
    const bytes = Buffer.from('mine');
    const mine = { bytes, checksum: undefined, metadata: undefined, lock: undefined, version: 1 };
    s3.objects.set(`team/a/missions/${MISSION}/tree.json`, mine);
    await expect(promote(steps())).rejects.toMatchObject({ code: 'PROMOTION_CONFLICT' });
  });
});
