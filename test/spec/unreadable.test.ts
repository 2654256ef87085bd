import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readArchive } from '../../src/spec/archive/read-archive.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { openBundle } from '../../src/spec/open-bundle.ts';
import type { Specification } from '../../src/spec/model.ts';
import { tar as pack } from './archive/pack.ts';
import { ACCOUNTED, accountOf } from './bundle-of.ts';

/** `Prüfen` as Latin-1 has it, on the second line. */
const LATIN1 = Buffer.concat([Buffer.from('# A\n- [ ] Pr'), Buffer.of(0xfc), Buffer.from('fen\n')]);
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
const NUL = Buffer.from('# A\n\n- [ ] T001 \0\n');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'unreadable-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** What is said of files that are no text. */
function unreadable({ diagnostics }: Specification): string[] {
  return diagnostics
    .filter(({ code }) => code.endsWith('_UNREADABLE'))
    .map(({ severity, code, file, line }) => `${severity} ${code} ${file}:${line}`);
}

describe('a file that is no text, among others', () => {
  it.each<[string, Record<string, string | Buffer>, string]>([
    ['native', { 'spec.md': '# Shop\n- Say it\n', 'more.md': LATIN1 }, 'error SPEC_FILE_UNREADABLE more.md:2'],
    ['native', { 'spec.md': '# Shop\n- Say it\n', 'README.md': LATIN1 }, 'info SPEC_CONTEXT_UNREADABLE README.md:2'],
    [
      'speckit',
      { 'specs/001-a/tasks.md': LFS, 'specs/002-b/tasks.md': '- [ ] T001 A\n' },
      'error SPEC_FILE_UNREADABLE specs/001-a/tasks.md:1',
    ],
    ['native', { 'spec.md': '# Shop\n- Say it\n', 'order.json': NUL }, 'error SPEC_FILE_UNREADABLE order.json:3'],
    [
      'speckit',
      { 'specs/001-a/tasks.md': NUL, 'specs/001-a/spec.md': '# Feature Specification: A\n- **FR-001**: System MUST a\n' },
      'error SPEC_FILE_UNREADABLE specs/001-a/tasks.md:3',
    ],
    [
      'speckit',
      { 'specs/001-a/tasks.md': '- [ ] T001 A\n', 'docs/old.md': LATIN1 },
      'info SPEC_CONTEXT_UNREADABLE docs/old.md:2',
    ],
    [
      'openspec',
      {
        'openspec/changes/add-x/tasks.md': '## 1. A\n- [ ] 1.1 Do it\n',
        'openspec/changes/archive/2026-01-02-old/design.md': NUL,
      },
      'info SPEC_CONTEXT_UNREADABLE openspec/changes/archive/2026-01-02-old/design.md:3',
    ],
    [
      'kiro',
      { '.kiro/specs/a/tasks.md': LATIN1, '.kiro/specs/b/tasks.md': '- [ ] 1. B\n' },
      'error SPEC_FILE_UNREADABLE .kiro/specs/a/tasks.md:2',
    ],
    [
      'kiro',
      { '.kiro/steering/tech.md': LATIN1, '.kiro/specs/b/tasks.md': '- [ ] 1. B\n' },
      'info SPEC_CONTEXT_UNREADABLE .kiro/steering/tech.md:2',
    ],
    [
      'backlog',
      {
        'backlog/tasks/task-1 - A.md': '---\nid: task-1\ntitle: A\nstatus: To Do\nlabels: []\ndependencies: []\n---\n',
        'backlog/tasks/task-2 - B.md': LATIN1,
      },
      'error SPEC_FILE_UNREADABLE backlog/tasks/task-2 - B.md:2',
    ],
    [
      'openspec',
      {
        'openspec/changes/a/proposal.md': '## Why\n\nSo.\n',
        'openspec/changes/a/tasks.md': NUL,
        'openspec/project.md': '# P\n',
      },
      'error SPEC_FILE_UNREADABLE openspec/changes/a/tasks.md:3',
    ],
    [
      'gsd',
      { '.planning/ROADMAP.md': '# Roadmap: A\n', '.planning/phases/01-a/01-01-PLAN.md': LATIN1 },
      'error SPEC_FILE_UNREADABLE .planning/phases/01-a/01-01-PLAN.md:2',
    ],
  ])('of %s is named, and the rest is read: %j', async (dialect, files, expected) => {
    write(files);
    const spec = await interpret(openBundle(dir));
    expect(spec.dialect).toBe(dialect);
    expect(unreadable(spec)).toEqual([expected]);
    expect(spec.coverage.unreadableFiles).toBe(1);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('leaves the elements of the others as they are', async () => {
    write({ 'spec.md': '# Shop\n- Say it\n- [ ] Do it\n' });
    const whole = await interpret(openBundle(dir));
    write({ 'more.md': NUL });
    expect((await interpret(openBundle(dir))).elements).toEqual(whole.elements);
  });

  it('is named in an archive too', async () => {
    writeFileSync(
      join(dir, 'a.tar'),
      pack([
        { name: 'spec.md', content: '# Shop\n- Say it\n' },
        { name: 'b.md', content: LATIN1 },
      ]),
    );
    expect(unreadable(await interpret(await readArchive(join(dir, 'a.tar'))))).toEqual(['error SPEC_FILE_UNREADABLE b.md:2']);
  });

  it('is refused where nothing else says anything', () => {
    write({ 'a.md': NUL, 'b.md': '\n' });
    expect(() => openBundle(dir)).toThrow('a.md is not text: byte 16 is NUL.');
  });
});
