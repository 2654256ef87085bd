import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { systemClock } from '../../../../src/base/clock.ts';
import { checkNode, doctor, judgeDisk } from '../../../../src/runtime/app/upkeep/doctor.ts';
import type { DoctorView } from '../../../../src/runtime/app/views.ts';
import { openWorkspace } from '../../../../src/runtime/app/workspace.ts';
import { openKeyFile } from '../../../../src/runtime/log/key-file.ts';
import { lockWorkspace } from '../../../../src/runtime/log/writer-lock.ts';

let cwd: string;
let keys: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'doctor-'));
  keys = join(cwd, 'keys');
  vi.stubEnv('AGENTNEXUS_KEYS', keys);
  vi.stubEnv('AGENTNEXUS_HOME', join(cwd, '.agentnexus'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
});

afterEach(() => vi.unstubAllEnvs());

async function check(name: string): Promise<DoctorView['checks'][number] | undefined> {
  const { checks } = await doctor({}, { cwd });
  return checks.find((each) => each.name === name);
}

describe('doctor', () => {
  it('finds everything where there is nothing yet, and makes nothing', async () => {
    const view = await doctor({}, { cwd });
    expect(view.checks.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(view.healthy).toBe(true);
    expect(existsSync(join(cwd, '.agentnexus'))).toBe(false);
    expect(existsSync(keys)).toBe(false);
  });

  it('has a hint for everything that is not right, and none for the rest', async () => {
    openWorkspace({ cwd });
    vi.stubEnv('PATH', join(cwd, 'nowhere'));
    const { checks } = await doctor({}, { cwd });
    for (const { name, status, hint } of checks) expect(hint === null, name).toBe(status === 'ok');
    expect(checks.find(({ name }) => name === 'git')).toMatchObject({ status: 'warning' });
  });

  it('names a workspace that is newer or broken', async () => {
    mkdirSync(join(cwd, '.agentnexus'));
    const file = join(cwd, '.agentnexus', 'workspace.json');
    writeFileSync(file, '{"format": 99, "id": "0"}');
    expect(await check('workspace')).toMatchObject({ status: 'missing', message: expect.stringContaining('99') });
    writeFileSync(file, '{');
    expect(await check('workspace')).toMatchObject({ status: 'missing', message: expect.stringContaining(file) });
    expect((await doctor({}, { cwd })).healthy).toBe(false);
  });

  it('names who is writing', async () => {
    const lock = lockWorkspace(openWorkspace({ cwd }).dir, systemClock);
    expect(await check('lock')).toMatchObject({ status: 'warning', message: expect.stringContaining(`process ${process.pid}`) });
    lock.release();
    expect(await check('lock')).toMatchObject({ status: 'ok' });
  });

  it('names a log that is damaged', async () => {
    const { dir } = openWorkspace({ cwd });
    expect(await check('log')).toMatchObject({ status: 'ok' });
    writeFileSync(join(dir, 'log.db'), 'not a database');
    expect(await check('log')).toMatchObject({ status: 'missing' });
  });

  it('misses the key of a log that has begun', async () => {
    const workspace = openWorkspace({ cwd });
    expect(await check('log key')).toMatchObject({ status: 'ok' });
    writeFileSync(join(workspace.dir, 'log.db'), '');
    expect(await check('log key')).toMatchObject({ status: 'missing', message: expect.stringContaining(workspace.id) });
  });

  it.skipIf(process.platform === 'win32')('names a key that others can read, or that is none', async () => {
    const path = join(keys, 'signing.key');
    openKeyFile(path, 'p256');
    expect(await check('signing key')).toMatchObject({ status: 'ok', message: path });
    chmodSync(path, 0o644);
    expect(await check('signing key')).toMatchObject({ status: 'missing', hint: `Run: chmod 600 ${path}` });
    writeFileSync(path, 'x');
    chmodSync(path, 0o600);
    expect(await check('signing key')).toMatchObject({ status: 'missing' });
  });

  it.each([
    ['22.18.0', 'ok'],
    ['24.0.0', 'ok'],
    ['22.17.9', 'missing'],
    ['20.19.0', 'missing'],
  ])('takes Node %s for %s', (version, status) => expect(checkNode(version).status).toBe(status));

  it.each([
    [2 ** 40, 'ok'],
    [100 * 2 ** 20, 'warning'],
    [2 ** 20, 'missing'],
  ])('takes %i free bytes for %s', (free, status) => expect(judgeDisk(free).status).toBe(status));
});
