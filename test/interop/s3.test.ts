import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext, vi } from 'vitest';

import { FaultProxy } from '../../src/runtime/qa/chaos/fault-proxy.ts';
import { publishLog } from '../../src/runtime/vault/ledger/publish-log.ts';
import { objectTarget } from '../../src/runtime/vault/promote/object-target.ts';
import type { ObjectPlace } from '../../src/runtime/vault/promote/object-place.ts';
import type { Release } from '../../src/runtime/vault/promote/promotion.ts';
import { runPromotion } from '../../src/runtime/vault/promote/run-promotion.ts';
import { type S3Options, s3Place } from '../../src/runtime/vault/promote/s3-place.ts';
import { openWorkspace, type Workspace } from '../runtime/vault/sample-mission.ts';
import { sampleRelease, sampleSeal } from '../runtime/vault/promote/sample-release.ts';
import { PEER_TIMEOUT } from './peers.ts';
import { startRadosgw } from './s3/radosgw.ts';
import { ACCESS, type S3Server, SECRET } from './s3/s3-server.ts';
import { startVersitygw } from './s3/versitygw.ts';

const HOUR = 3_600_000;
const SERVERS = [
  { name: 'versitygw', start: startVersitygw, minds: { region: true } },
  // Any region is its own.
  { name: 'radosgw', start: startRadosgw, minds: { region: false } },
] as const;

describe.each(SERVERS)('$name', ({ start, minds }) => {
  let server: S3Server;
  let endpoint: string;
  let client: S3Client;
  let workspace: Workspace;
  let release: Release;
  let bucket: string;
  let serial = 0;

  beforeAll(async () => {
    server = await start();
    workspace = await openWorkspace();
    release = await sampleRelease(workspace);
    if ('endpoint' in server) ({ endpoint } = server);
  }, PEER_TIMEOUT);
  afterAll(() => {
    if ('stop' in server) server.stop();
    workspace[Symbol.dispose]();
  });
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCESS).stubEnv('AWS_SECRET_ACCESS_KEY', SECRET).stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null').stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    bucket = `evidence-${serial++}`;
    client = new S3Client({ endpoint, forcePathStyle: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    client.destroy();
  });

  async function make(context: TestContext, lock = false): Promise<void> {
    if ('missing' in server) context.skip(server.missing);
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: lock }));
  }

  const promote = (options: Partial<S3Options> = {}) => {
    const target = objectTarget('s3', s3Place({ bucket, prefix: 'team', endpoint, ...options }));
    return runPromotion({ log: workspace.log, id: `${endpoint} ${bucket}`, steps: target.steps(release, sampleSeal(workspace)) });
  };

  it('takes a promotion, and finds nothing left to write the second time', async (context) => {
    await make(context);
    expect(await promote()).toMatchObject({ state: 'done' });
    const key = `team/missions/${release.mission}/tree.json`;
    const there = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect(await there.Body?.transformToString()).toContain('src/add.ts');
    const steps = objectTarget('s3', s3Place({ bucket, prefix: 'team', endpoint })).steps(release, sampleSeal(workspace));
    expect(await runPromotion({ log: workspace.log, id: `${bucket}-again`, steps })).toMatchObject({ state: 'done' });
  });

  it('locks what is to be retained, against its owner too', async (context) => {
    await make(context, true);
    const retainUntil = new Date(Date.now() + HOUR).toISOString();
    const { results } = await promote({ retainUntil, retention: 'COMPLIANCE' });
    expect(results.get('probe')).toEqual({ bucket: true, objectLock: true });
    const version = results.get(`object missions/${release.mission}/tree.json`)?.['version'];
    const object = {
      Bucket: bucket,
      Key: `team/missions/${release.mission}/tree.json`,
      VersionId: typeof version === 'string' ? version : '',
    };
    const { ObjectLockMode, ObjectLockRetainUntilDate } = await client.send(new HeadObjectCommand(object));
    expect({ ObjectLockMode, until: ObjectLockRetainUntilDate?.getTime() }).toEqual({
      ObjectLockMode: 'COMPLIANCE',
      until: expect.closeTo(Date.parse(retainUntil), -4),
    });
    await expect(client.send(new DeleteObjectCommand(object))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const sooner = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 60_000) } as const;
    const shorten = new PutObjectRetentionCommand({ ...object, Retention: sooner, BypassGovernanceRetention: true });
    await expect(client.send(shorten)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: object.Key }));
    expect(Versions).toHaveLength(1);
  });

  it('refuses what it should, and we say what to do about it', async (context) => {
    await make(context);
    const refusal = (hint: string) => ({ code: 'PROMOTION_FAILED', hint: expect.stringContaining(hint) });
    await expect(promote({ bucket: 'nowhere' })).rejects.toMatchObject(refusal('no such bucket'));
    await expect(promote({ retainUntil: '2099-01-01T00:00:00Z' })).rejects.toMatchObject({
      message: expect.stringContaining('lock'),
    });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    await expect(promote()).rejects.toMatchObject(refusal('credentials'));
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET).stubEnv('AWS_REGION', 'eu-west-1');
    if (minds.region) await expect(promote()).rejects.toMatchObject(refusal('region'));
    else expect(await promote()).toMatchObject({ state: 'done' });
  });

  it('is written to under a clock that is an hour wrong: the server says what time it is', async (context) => {
    await make(context);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR });
    expect(await promote()).toMatchObject({ state: 'done' });
  });

  it.for([
    ['no connection', { cut: true }],
    ['no answer to what was written', { resetAfter: 1 }],
  ] as const)('holds all of it in the end where the network failed half-way: %s', async ([, fault], context) => {
    await make(context, true);
    const proxy = new FaultProxy({ listen: 0, host: '127.0.0.1', port: Number(new URL(endpoint).port) });
    try {
      const place = s3Place({ bucket, prefix: 'team', endpoint: `http://127.0.0.1:${await proxy.open()}` });
      let puts = 0;
      const failing: ObjectPlace = {
        ...place,
        put(...object) {
          if (++puts === 4) proxy.set(fault);
          return place.put(...object);
        },
      };
      const id = `${endpoint} ${bucket}`;
      const stepsInto = (into: ObjectPlace) => objectTarget('s3', into).steps(release, sampleSeal(workspace));
      const through = (by: ObjectPlace) => runPromotion({ log: workspace.log, id, steps: stepsInto(by) });
      await expect(through(failing)).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
      proxy.set({});
      // The probe, and three objects, were done before.
      const rest = stepsInto(place)
        .map(({ name }) => name)
        .slice(4);
      expect(await through(place)).toMatchObject({ state: 'done', done: rest });
    } finally {
      await proxy.close();
    }
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    // What was written without an answer was written more than once; none of it differs.
    const etags = new Map(
      Map.groupBy(Versions, ({ Key }) => Key)
        .entries()
        .map(([key, each]) => [key, new Set(each.map(({ ETag }) => ETag)).size]),
    );
    expect(new Set(etags.values())).toEqual(new Set([1]));
    if ('cut' in fault) expect(Versions).toHaveLength(etags.size);
  });

  it('takes a published log as it grows', async (context) => {
    await make(context);
    const place = s3Place({ bucket, prefix: 'log', endpoint });
    const first = await publishLog(workspace.log, place, { verifier: workspace.logKey });
    await workspace.log.append([{ kind: 'test', data: {} }]);
    const second = await publishLog(workspace.log, place, { verifier: workspace.logKey });
    expect(second).toMatchObject({ before: first.size, size: first.size + 1 });
  });
});
