import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type Lock, withEveryPlatform } from '../../scripts/lock/platform-packages.ts';

const text = await readFile(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');

test('the lock file suits every platform and Node; else run `npm run lock`', () => {
  const lock = JSON.parse(text) as Lock;
  expect(lock).toEqual(withEveryPlatform(lock));
});

test('the lock file names no registry', () => {
  expect(text).not.toMatch(/"resolved": "https?:/);
});

test('a missing package is added with the platform that its name tells', () => {
  const tool = { dev: true, optionalDependencies: { '@tool/linux-x64-gnu': '1.0.0', '@tool/linux-arm-musleabihf': '1.0.0' } };
  const found = { version: '1.0.0', os: ['linux'], cpu: ['x64'], optional: true };
  const packages = { 'node_modules/tool': tool, 'node_modules/@tool/linux-x64-gnu': { ...found, engines: { node: '>=22' } } };
  expect(withEveryPlatform({ packages })).toEqual({
    packages: {
      'node_modules/@tool/linux-arm-musleabihf': {
        version: '1.0.0',
        os: ['linux'],
        cpu: ['arm'],
        libc: ['musl'],
        dev: true,
        optional: true,
      },
      'node_modules/@tool/linux-x64-gnu': found,
      'node_modules/tool': tool,
    },
  });
});
