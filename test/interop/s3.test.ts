import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';

import { publishLog } from '../../src/runtime/vault/ledger/publish-log.ts';
import { objectTarget } from '../../src/runtime/vault/promote/object-target.ts';
import type { Release } from '../../src/runtime/vault/promote/promotion.ts';
import { runPromotion } from '../../src/runtime/vault/promote/run-promotion.ts';
import { type S3Options, s3Place } from '../../src/runtime/vault/promote/s3-place.ts';
import { openWorkspace, type Workspace } from '../runtime/vault/sample-mission.ts';
import { sampleRelease } from '../runtime/vault/promote/sample-release.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';

let gateway: Peer;
let server: ChildProcess | undefined;
let endpoint: string;
let client: S3Client;
let dir: string;
let workspace: Workspace;
let release: Release;
const before = { ...process.env };

beforeAll(async () => {
  gateway = await findPeer('versitygw');
  dir = mkdtempSync(join(tmpdir(), 's3-'));
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
  const keys = { AWS_ACCESS_KEY_ID: 'interop', AWS_SECRET_ACCESS_KEY: 'interop-secret', AWS_REGION: 'us-east-1' };
  Object.assign(process.env, keys, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
  if ('path' in gateway) await start(gateway.path);
}, PEER_TIMEOUT);

afterAll(() => {
  server?.kill();
  workspace[Symbol.dispose]();
  rmSync(dir, { recursive: true, force: true });
  process.env = before;
});

/** On loopback, over a folder of its own. */
async function start(path: string): Promise<void> {
  const port = await freePort();
  for (const name of ['data', 'versions', 'meta']) mkdirSync(join(dir, name));
  const flags = ['--port', `127.0.0.1:${port}`, '--access', 'interop', '--secret', 'interop-secret', '--quiet'];
  const store = ['--versioning-dir', join(dir, 'versions'), '--sidecar', join(dir, 'meta'), join(dir, 'data')];
  server = spawn(path, [...flags, 'posix', ...store], { stdio: 'ignore' });
  endpoint = `http://127.0.0.1:${port}`;
  client = new S3Client({ endpoint, forcePathStyle: true });
  for (let tries = 0; ; tries++) {
    const up = await fetch(endpoint).catch(() => undefined);
    if (up !== undefined) return;
    if (tries > 100) throw new Error('versitygw does not answer');
    await wait(100);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

let serial = 0;
let bucket: string;
beforeEach(() => void (bucket = `evidence-${serial++}`));

async function make(context: TestContext, lock = false): Promise<void> {
  needPeer(context, gateway);
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: lock }));
}

const promote = (options: Partial<S3Options> = {}) => {
  const target = objectTarget('s3', s3Place({ bucket, prefix: 'team', endpoint, ...options }));
  return runPromotion({ log: workspace.log, id: bucket, steps: target.steps(release) });
};

describe('versitygw', () => {
  it('takes a promotion, and finds nothing left to write the second time', async (context) => {
    await make(context);
    expect(await promote()).toMatchObject({ state: 'done' });
    const key = `team/missions/${release.mission}/tree.json`;
    const there = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect(await there.Body?.transformToString()).toContain('src/add.ts');
    const steps = objectTarget('s3', s3Place({ bucket, prefix: 'team', endpoint })).steps(release);
    expect(await runPromotion({ log: workspace.log, id: `${bucket}-again`, steps })).toMatchObject({ state: 'done' });
  });

  it('locks what is to be retained, against its owner too', async (context) => {
    await make(context, true);
    const retainUntil = new Date(Date.now() + 3_600_000).toISOString();
    const { results } = await promote({ retainUntil });
    expect(results.get('probe')).toEqual({ bucket: true, objectLock: true });
    const key = `team/missions/${release.mission}/tree.json`;
    const version = results.get(`object missions/${release.mission}/tree.json`)?.['version'];
    expect(version).toBeTypeOf('string');
    const remove = new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: typeof version === 'string' ? version : '' });
    await expect(client.send(remove)).rejects.toThrow(/lock|denied/i);
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
    expect(Versions).toHaveLength(1);
  });

  it('refuses what it should, and we say what to do about it', async (context) => {
    await make(context);
    await expect(promote({ bucket: 'nowhere' })).rejects.toMatchObject({
      code: 'PROMOTION_FAILED',
      hint: expect.stringContaining('no such bucket'),
    });
    await expect(promote({ retainUntil: '2099-01-01T00:00:00Z' })).rejects.toMatchObject({
      message: expect.stringContaining('lock'),
    });
    process.env['AWS_REGION'] = 'eu-west-1';
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_FAILED', hint: expect.stringContaining('region') });
    process.env['AWS_REGION'] = 'us-east-1';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_FAILED', hint: expect.stringContaining('credentials') });
    process.env['AWS_SECRET_ACCESS_KEY'] = 'interop-secret';
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
