import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { init } from '../../../../src/runtime/app/upkeep/init.ts';

const template = join(import.meta.dirname, '..', '..', '..', '..', 'templates', 'native');

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'init-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
});

describe('init', () => {
  it('writes the starter bundle, and makes the folder', async () => {
    const view = await init({ dir: 'a/b', template: 'native' }, { cwd });
    expect(view).toEqual({ kind: 'Init', path: join(cwd, 'a', 'b'), files: ['spec.md'], template: 'native' });
    expect(readFileSync(join(cwd, 'a', 'b', 'spec.md'))).toEqual(readFileSync(join(template, 'spec.md')));
  });

  it('writes beside other files, and nothing else', async () => {
    writeFileSync(join(cwd, 'README.md'), 'mine');
    await init({ dir: '.', template: 'native' }, { cwd });
    expect(readdirSync(cwd).toSorted()).toEqual(['README.md', 'spec.md']);
    expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('mine');
  });

  it('overwrites nothing', async () => {
    writeFileSync(join(cwd, 'spec.md'), 'mine');
    await expect(init({ dir: '.', template: 'native' }, { cwd })).rejects.toMatchObject({
      code: 'USAGE',
      details: { path: join(cwd, 'spec.md') },
    });
    expect(readFileSync(join(cwd, 'spec.md'), 'utf8')).toBe('mine');
  });

  it('refuses a file for a folder', async () => {
    writeFileSync(join(cwd, 'file'), '');
    await expect(init({ dir: 'file', template: 'native' }, { cwd })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(init({ dir: 'file/below', template: 'native' }, { cwd })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
