import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../src/base/errors.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { openBundle } from '../../src/spec/open-bundle.ts';
import { bundleOf, diagnosticOf } from './bundle-of.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'repository-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), path.endsWith('.json') ? '{}' : '- [ ] T001 A\n');
  }
}

const pathsIn = (options = {}): string[] => openBundle(dir, options).files.map((file) => file.path);

describe('a repository', () => {
  it('is read as far as a dialect has its files there; Markdown always is', () => {
    write(
      'package.json',
      'README.md',
      'specs/001-a/tasks.md',
      'specs/001-a/contracts/a.json',
      '.specify/memory/constitution.md',
      '.git/a.md',
    );
    expect(pathsIn()).toEqual([
      '.specify/memory/constitution.md',
      'README.md',
      'specs/001-a/contracts/a.json',
      'specs/001-a/tasks.md',
    ]);
  });

  it('that no dialect has files in is read whole', () => {
    write('a.json', 'docs/b.json', 'spec.md');
    expect(pathsIn()).toEqual(['a.json', 'docs/b.json', 'spec.md']);
  });

  it('may hold several features, and one of them may be named', async () => {
    write('specs/001-a/tasks.md', 'specs/002-b/tasks.md');
    expect((await interpret(openBundle(dir))).elements.map(({ id }) => id)).toEqual(['work:001-a:t001', 'work:002-b:t001']);
    expect((await interpret(openBundle(join(dir, 'specs', '001-a')))).elements.map(({ id }) => id)).toEqual(['work:t001']);
    expect((await interpret(openBundle(join(dir, 'specs', '001-a', 'tasks.md')))).elements.map(({ id }) => id)).toEqual([
      'work:t001',
    ]);
  });
});

describe('a dialect', () => {
  const bundle = bundleOf({ 'specs/001-a/tasks.md': '# Tasks: A\n\n## Phase 1\n\n- [ ] T001 A\n' });

  it('can be forced', async () => {
    expect((await interpret(bundle)).dialect).toBe('speckit');
    expect((await interpret(bundle, { dialect: 'native' })).dialect).toBe('native');
  });

  it('that is not there is refused, with the names there are', async () => {
    const opened = () => openBundle(dir, { dialect: 'spekit' });
    expect(opened).toThrow(NexusError);
    expect(opened).toThrow('There is no dialect `spekit`.');
    const read = interpret(bundle, { dialect: 'spekit' });
    await expect(read).rejects.toThrow(NexusError);
    await expect(read).rejects.toThrow('There is no dialect `spekit`.');
  });

  it('is one; others that the bundle holds are named', async () => {
    const mixed = bundleOf({
      ...Object.fromEntries(bundle.files.map(({ path, text }) => [path, text])),
      '.kiro/specs/a/tasks.md': '- [ ] 1. A\n',
    });
    expect(diagnosticOf(await interpret(mixed), 'SPEC_DIALECT_MIXED').severity).toBe('info');
  });

  it('whose folder stands nearest to the root goes before those in an archive', async () => {
    const files = {
      'archive/old/changes/add-a/.openspec.yaml': 'schema: spec-driven\n',
      'archive/old/changes/add-a/proposal.md': '## Why\n',
      'archive/old/changes/add-a/specs/a/spec.md': '## ADDED Requirements\n',
      'specs/001-a/tasks.md': '# Tasks: A\n\n## Phase 1\n\n- [ ] T001 A\n',
    };
    expect((await interpret(bundleOf(files))).dialect).toBe('speckit');
  });

  it('is not mixed with another that sees something in its own files', async () => {
    const change = {
      'proposal.md': '## Why\n',
      'tasks.md': '## 1. Work\n\n- [ ] 1.1 A\n',
      'specs/a/spec.md': '## ADDED Requirements\n',
    };
    const files = Object.entries(change).map(([path, text]) => [`changes/archive/2026-01-02-add-a/${path}`, text]);
    const spec = await interpret(bundleOf(Object.fromEntries(files)));
    expect(spec.dialect).toBe('openspec');
    expect(spec.diagnostics.map(({ code }) => code)).not.toContain('SPEC_DIALECT_MIXED');
  });
});
