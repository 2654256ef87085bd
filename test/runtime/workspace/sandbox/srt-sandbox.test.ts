import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { DEFAULT_LIMITS } from '../../../../src/runtime/workspace/sandbox/sandbox.ts';
import { createSrtSandbox } from '../../../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { PLACEHOLDERS, programFolders, walls } from '../../../../src/runtime/workspace/sandbox/walls.ts';

const place = {
  workspace: '/w',
  home: '/h',
  temp: '/t',
  read: ['/r'],
  denyRead: ['/d'],
  denyWrite: ['/w/x'],
  env: {},
  limits: DEFAULT_LIMITS,
};

describe('a machine without what walls are made of', () => {
  const sandbox = createSrtSandbox({ folders: ['/nowhere'] });

  it('says what to install', async () => {
    const missing = await sandbox.missing();
    expect(missing.length).toBeGreaterThan(0);
    for (const { what, hint } of missing) expect([what, hint]).not.toContain('');
    if (process.platform === 'linux')
      expect(missing[1]).toEqual({
        what: 'bubblewrap (bwrap) is not installed',
        hint: expect.stringContaining('apt-get install bash bubblewrap socat ripgrep'),
      });
  });

  it('starts nothing', async () => {
    const started = sandbox.start(['true'], { ...place, hosts: [] }, new AbortController().signal);
    await expect(started).rejects.toMatchObject({ code: 'SANDBOX_MISSING' });
  });
});

describe.runIf(process.platform === 'linux')('walls', () => {
  const { filesystem, network } = walls({ ...place, hosts: ['127.0.0.2:80'] }, ['/own']);
  const paths = (list: readonly (string | { path: string })[] = []) =>
    list.map((each) => (typeof each === 'string' ? each : each.path));

  it('let nothing be written but what belongs to the process', () => {
    expect(paths(filesystem.allowWrite)).toEqual(['/w', '/h', '/t']);
    expect(paths(filesystem.denyWrite)).toEqual(
      expect.arrayContaining(['/w/.git/hooks', '/w/.git/config', '/w/.agentnexus', '/w/x']),
    );
  });

  it('hide every folder of the root that is not the system', () => {
    const denied = paths(filesystem.denyRead);
    expect(denied).toEqual(expect.arrayContaining(['/tmp', '/home', '/root', '/var', '/run', '/d']));
    for (const system of ['/', '/usr', '/bin', '/etc', '/lib', '/proc', '/dev']) expect(denied).not.toContain(system);
    expect(paths(filesystem.allowRead)).toEqual(['/w', '/h', '/t', '/own', '/r']);
  });

  it('let through the hosts that are named, and ask nobody about others', () => {
    expect(network).toEqual({ allowedDomains: ['127.0.0.2:80'], deniedDomains: [], strictAllowlist: true });
  });

  it('know what srt leaves behind where there is nothing', () => {
    const runtime = dirname(fileURLToPath(import.meta.resolve('@anthropic-ai/sandbox-runtime')));
    const source = readFileSync(join(runtime, 'sandbox', 'sandbox-utils.js'), 'utf8');
    const lists = [/DANGEROUS_FILES = \[([^\]]*)\]/, /DANGEROUS_DIRECTORIES = \[([^\]]*)\]/].map(
      (each) => each.exec(source)?.[1] ?? '',
    );
    const names = [...lists.join().matchAll(/'([^']+)'/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(PLACEHOLDERS).toEqual(expect.arrayContaining(names));
  });
});

describe('programFolders', () => {
  it('are the absolute ones, each once', () => {
    expect(programFolders({ PATH: '/a:bin::./x:/a:/:/b' })).toEqual(['/a', '/b']);
    expect(programFolders({})).toEqual([]);
  });
});
