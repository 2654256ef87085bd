import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { timestamp } from '../../src/base/clock.ts';
import { systemIds } from '../../src/base/ids.ts';
import { PRODUCT_VERSION } from '../../src/base/version.ts';

it('makes UUIDs of version 7 that carry the time and sort by it', () => {
  let now = Date.UTC(2026, 0, 1);
  const ids = systemIds({ now: () => now });
  const first = ids.uuid();
  now += 1;
  const second = ids.uuid();
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(now - 1);
  expect(first < second).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, () => ids.uuid())).size).toBe(1000);
});

it('writes timestamps with milliseconds, in UTC', () => {
  expect(timestamp({ now: () => 0 })).toBe('1970-01-01T00:00:00.000Z');
});

it('knows the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(PRODUCT_VERSION).toBe(version);
});
