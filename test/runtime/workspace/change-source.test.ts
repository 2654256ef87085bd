import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import {
  changeSource,
  checkSource,
  DISK,
  type SourceActs,
  type SourceChange,
} from '../../../src/runtime/workspace/change-source.ts';
import { openSpecFolder } from '../../../src/spec/dialects/openspec/open-changes.ts';
import { planMerge } from '../../../src/spec/dialects/openspec/plan-merge.ts';
import { interpret } from '../../../src/spec/interpret.ts';
import { readBundle } from '../../../src/spec/read-bundle.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'change-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Every file there is, and what it says; links are not followed. */
function tree(folder = ''): Record<string, string> {
  const found = readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return Object.entries(tree(path));
    return entry.isFile() ? [[path, readFileSync(join(root, path), 'utf8')]] : [];
  });
  return Object.fromEntries(found);
}

const WHOLE = /^specs\/.+\.md$/;
const CHANGE: SourceChange = {
  read: [{ path: 'changes/x/specs/a/spec.md', text: 'delta' }],
  files: [
    { path: 'specs/a/spec.md', before: 'old', after: 'new' },
    { path: 'specs/b/spec.md', before: undefined, after: 'born' },
  ],
  moves: [{ from: 'changes/x', to: 'changes/archive/x', whole: WHOLE }],
};

function lay(): void {
  put('changes/x/specs/a/spec.md', 'delta');
  put('changes/x/tasks.md', 'tasks');
  put('specs/a/spec.md', 'old');
}

const DONE = {
  'changes/archive/x/specs/a/spec.md': 'delta',
  'changes/archive/x/tasks.md': 'tasks',
  'specs/a/spec.md': 'new',
  'specs/b/spec.md': 'born',
};

function codeOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof NexusError) return error.code;
    throw error;
  }
  return 'done';
}

describe('changeSource', () => {
  it('replaces files, makes new ones, moves folders, and keeps modes', () => {
    lay();
    chmodSync(join(root, 'specs/a/spec.md'), 0o640);
    changeSource(root, CHANGE);
    expect(tree()).toEqual(DONE);
    expect(statSync(join(root, 'specs/a/spec.md')).mode & 0o777).toBe(0o640);
    expect(existsSync(join(root, 'changes/x'))).toBe(false);
  });

  it.each<[string, () => void, string]>([
    ['a file was edited', () => put('specs/a/spec.md', 'edited'), 'SOURCE_CHANGED'],
    ['a file is gone', () => rmSync(join(root, 'specs/a/spec.md')), 'SOURCE_CHANGED'],
    ['a new file is there now', () => put('specs/b/spec.md', 'mine'), 'SOURCE_CHANGED'],
    ['what it was made from was edited', () => put('changes/x/specs/a/spec.md', 'edited'), 'SOURCE_CHANGED'],
    ['a delta came in', () => put('changes/x/specs/c/spec.md', 'more'), 'SOURCE_CHANGED'],
    ['a delta is a link', () => symlinkSync('../../tasks.md', join(root, 'changes/x/specs/a/other.md')), 'SOURCE_CHANGED'],
    ['a folder of deltas is a link', () => symlinkSync(tmpdir(), join(root, 'changes/x/specs/c')), 'SOURCE_CHANGED'],
    ['the folder is gone', () => rmSync(join(root, 'changes/x'), { recursive: true }), 'SOURCE_CHANGED'],
    ['the archive is taken', () => put('changes/archive/x/tasks.md', 'old'), 'ARCHIVE_EXISTS'],
    ['a file is read-only', () => chmodSync(join(root, 'specs/a/spec.md'), 0o444), 'SOURCE_UNWRITABLE'],
    ['a folder leads out', () => symlinkSync(tmpdir(), join(root, 'specs/b')), 'BUNDLE_ESCAPE'],
    ['the archive leads out', () => symlinkSync(tmpdir(), join(root, 'changes/archive')), 'BUNDLE_ESCAPE'],
    ['a file is a link', () => symlinkSync(join(root, 'specs/a/spec.md'), join(root, 'specs/link.md')), 'done'],
  ])('writes nothing if %s', (_, edit, code) => {
    lay();
    edit();
    const before = tree();
    expect(codeOf(() => checkSource(root, CHANGE))).toBe(code);
    expect(tree()).toEqual(before);
    if (code === 'done') return;
    expect(codeOf(() => changeSource(root, CHANGE))).toBe(code);
    expect(tree()).toEqual(before);
  });

  it('replaces no link, and no path outside', () => {
    lay();
    rmSync(join(root, 'specs/a/spec.md'));
    symlinkSync('../../changes/x/tasks.md', join(root, 'specs/a/spec.md'));
    expect(codeOf(() => changeSource(root, CHANGE))).toBe('BUNDLE_ESCAPE');
    const outside = { read: [], files: [{ path: '../spec.md', before: undefined, after: 'x' }], moves: [] };
    expect(codeOf(() => changeSource(root, outside))).toBe('BUNDLE_ESCAPE');
  });

  it('says what was done before something went wrong, and stops there', () => {
    lay();
    const full: SourceActs = {
      ...DISK,
      write: (path, text, mode) => (path.includes('/b/') ? raise('the disk is full') : DISK.write(path, text, mode)),
    };
    expect(() => changeSource(root, CHANGE, full)).toThrow(/the disk is full\. Done before: specs\/a\/spec\.md\./);
    expect(tree()).toMatchObject({ 'specs/a/spec.md': 'new', 'changes/x/tasks.md': 'tasks' });
    const edited: SourceActs = {
      ...DISK,
      write(path, text, mode) {
        DISK.write(path, text, mode);
        if (path.includes('/a/')) put('specs/b/spec.md', 'mine');
      },
    };
    put('specs/a/spec.md', 'old');
    expect(() => changeSource(root, CHANGE, edited)).toThrow(
      /specs\/b\/spec\.md is there now\. Done before: specs\/a\/spec\.md\./,
    );
    expect(tree()).toMatchObject({ 'specs/b/spec.md': 'mine' });
  });
});

function raise(message: string): never {
  throw new Error(message);
}

describe('a merge that is cut off', () => {
  const requirement = (name: string, text: string): string =>
    `### Requirement: ${name}\nThe system MUST ${text}.\n\n#### Scenario: It does\n- **THEN** so\n`;
  const spec = (names: readonly string[]): string =>
    `# S\n\n## Purpose\nWhat the shop does with this, for whom, and for how long.\n\n## Requirements\n\n${names.map((name) => requirement(name, 'be')).join('\n')}`;

  /** What one capability goes through: each requirement is left, reworded, removed, or renamed, and some are new. */
  const fates = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
      fate: fc.constantFrom('keep', 'modify', 'remove', 'rename', 'reuse', 'add'),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 5 },
  );
  type Fates = readonly { name: string; fate: string }[];

  function deltaOf(all: Fates): string {
    const of = (...wanted: string[]): string[] => all.filter(({ fate }) => wanted.includes(fate)).map(({ name }) => name);
    const section = (title: string, parts: string[]): string =>
      parts.length === 0 ? '' : `## ${title} Requirements\n${parts.join('\n')}\n\n`;
    return [
      section(
        'RENAMED',
        of('rename', 'reuse').map((name) => `- FROM: \`### Requirement: ${name}\`\n- TO: \`### Requirement: ${name}2\``),
      ),
      section(
        'REMOVED',
        of('remove').map((name) => `### Requirement: ${name}`),
      ),
      section(
        'MODIFIED',
        of('modify').map((name) => requirement(name, 'be better')),
      ),
      section(
        'ADDED',
        of('add', 'reuse').map((name) => requirement(name, 'be new')),
      ),
    ].join('');
  }

  function layOut(capabilities: readonly Fates[]): void {
    rmSync(root, { recursive: true, force: true });
    put('openspec/changes/x/tasks.md', '- [x] 1.1 Do\n');
    for (const [at, all] of capabilities.entries()) {
      const delta = deltaOf(all);
      if (delta !== '') put(`openspec/changes/x/specs/c${at}/spec.md`, delta);
      put(`openspec/specs/c${at}/spec.md`, spec(['Z', ...all.filter(({ fate }) => fate !== 'add').map(({ name }) => name)]));
    }
  }

  /** Merges what lies there, as `merge` does. True if there was something to merge. */
  async function merge(acts: SourceActs): Promise<boolean> {
    const bundle = readBundle(root);
    const folder = openSpecFolder(bundle, (await interpret(bundle, { dialect: 'openspec' })).elements);
    const chosen = (folder?.changes ?? []).map((change) => ({ ...change, base: change.base ?? '' }));
    if (folder === undefined || chosen.length === 0) return false;
    const { specs, changes, conflicts } = planMerge(chosen, { folder, date: '2026-05-01' });
    expect(conflicts).toEqual([]);
    const files = specs
      .filter(({ touched }) => touched.length > 0)
      .map(({ file, before, after }) => ({ path: file, before, after }));
    const moves = changes.map((each) => ({ from: each.folder, to: each.archive, whole: WHOLE }));
    changeSource(root, { read: chosen.flatMap((each) => each.files), files, moves }, acts);
    return true;
  }

  /** As `DISK`, but for the syncing: hundreds of merges need no durability. */
  const LIGHT: { [Act in keyof SourceActs]: (...args: Parameters<SourceActs[Act]>) => void } = {
    write: (path, text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    move: (from, to) => {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    },
  };

  it('is finished by doing it again, wherever that was, and is then as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fates, { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        fc.boolean(),
        async (capabilities, survive, late) => {
          layOut(capabilities);
          await merge(LIGHT);
          const wanted = tree();
          layOut(capabilities);
          let left = survive;
          const dying = <A extends unknown[]>(act: (...args: A) => void) => {
            return (...args: A): void => {
              if (left === 0 && !late) raise('killed before');
              act(...args);
              if (left === 0) raise('killed after');
              left -= 1;
            };
          };
          try {
            await merge({ write: dying(LIGHT.write), move: dying(LIGHT.move) });
          } catch (error) {
            if (!String(error).includes('killed')) throw error;
          }
          await merge(LIGHT);
          expect(tree()).toEqual(wanted);
          expect(await merge(LIGHT)).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });
});
