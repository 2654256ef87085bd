import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { isBuildCurrent, STAMP } from '../../bin/build-freshness.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'freshness-'));
  await mkdir(join(root, 'src', 'cli'), { recursive: true });
  await mkdir(join(root, 'dist'));
  await put('src/cli/main.ts', 100);
  await put(STAMP, 200);
  await touch('src/cli', 100);
  await touch('src', 100);
});

afterEach(async () => rm(root, { recursive: true }));

test('a build as new as its sources is current', async () => {
  expect(isBuildCurrent(root)).toBe(true);
  await touch('src/cli/main.ts', 200);
  expect(isBuildCurrent(root)).toBe(true);
});

test('a changed, an added and a removed source each make it stale', async () => {
  await touch('src/cli/main.ts', 201);
  expect(isBuildCurrent(root)).toBe(false);
  await touch('src/cli/main.ts', 100);
  await touch('src/cli', 201);
  expect(isBuildCurrent(root)).toBe(false);
});

test('a changed schema makes it stale', async () => {
  await mkdir(join(root, 'schemas'));
  await put('schemas/plan.schema.json', 201);
  expect(isBuildCurrent(root)).toBe(false);
});

test('without sources, as in the published package, a build is always current', async () => {
  await rm(join(root, 'src'), { recursive: true });
  expect(isBuildCurrent(root)).toBe(true);
});

test('without a stamp there is no build', async () => {
  await rm(join(root, STAMP));
  expect(isBuildCurrent(root)).toBe(false);
});

async function put(path: string, time: number): Promise<void> {
  await writeFile(join(root, path), '');
  await touch(path, time);
}

async function touch(path: string, time: number): Promise<void> {
  await utimes(join(root, path), time, time);
}
