import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { closedWay, refuseClosedWay } from '../../../../src/runtime/workspace/sandbox/prepare-folders.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'way-'));
  mkdirSync(join(dir, 'a', 'b'), { recursive: true });
  chmodSync(dir, 0o711);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('names the folder on the way that is closed to others, whether what lies behind it is there or not', () => {
  expect(closedWay(join(dir, 'a', 'b', 'c', 'd'))).toBeUndefined();
  chmodSync(join(dir, 'a'), 0o700);
  expect(closedWay(join(dir, 'a', 'b', 'c', 'd'))).toMatchObject({
    folder: join(dir, 'a'),
    hint: expect.stringContaining('--workspace'),
  });
  expect(() => refuseClosedWay(join(dir, 'a', 'b'))).toThrow(expect.objectContaining({ code: 'SANDBOX_MISSING' }));
});
