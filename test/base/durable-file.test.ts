import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { asWorkspaceError, writeDurably } from '../../src/base/durable-file.ts';
import { NexusError } from '../../src/base/errors.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'durable-'));
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true, force: true });
});

it('makes folders, replaces whole files, and leaves nothing beside them', () => {
  const path = join(dir, 'deep', 'down', 'file.txt');
  writeDurably(path, 'one', 0o600);
  writeDurably(path, Buffer.from('two'), 0o600);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(dir, 'deep', 'down'))).toEqual(['file.txt']);
});

it('says what to do where it cannot write, and leaves what was there', () => {
  writeFileSync(join(dir, 'file'), 'kept');
  expect(() => writeDurably(join(dir, 'file', 'below.txt'), 'x')).toThrow(
    expect.objectContaining({ code: 'WORKSPACE_UNWRITABLE' }),
  );
  mkdirSync(join(dir, 'folder'));
  expect(() => writeDurably(join(dir, 'folder'), 'x')).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNWRITABLE' }));
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('kept');
  expect(readdirSync(dir).sort()).toEqual(['file', 'folder']);
});

it('tells a full disk from other faults', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  expect(asWorkspaceError(full, '/w')).toMatchObject({ code: 'WORKSPACE_FULL', exitCode: 4, cause: full });
  const other = new Error('other');
  expect(asWorkspaceError(other, '/w')).toBe(other);
  const ours = new NexusError('USAGE', 'ours');
  expect(asWorkspaceError(ours, '/w')).toBe(ours);
});
