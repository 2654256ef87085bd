import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { LeftBehind } from '../../../src/runtime/mission/left-behind.ts';
import { type Artifact, type Change, changeDigest } from '../../../src/runtime/vault/artifact.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { aTask } from './a-task.ts';

const [first, second, third] = [
  aTask('first'),
  aTask('second', { needs: [{ task: 'first', kind: 'explicit', because: 'test' }] }),
  aTask('third', { needs: [{ task: 'second', kind: 'explicit', because: 'test' }] }),
];
const EMPTY: Change = { files: [], removed: [] };

let dir: string;
let left: LeftBehind;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'left-'));
  const store = openContentStore(dir, { writer: true });
  left = new LeftBehind({ graph: { specification: 's', tasks: [first, second, third] }, store, base: [file('base.ts')] });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(path: string, content = path): Artifact {
  return { path, digest: sha256(content), size: content.length, type: 'code' };
}

function add(task: typeof first, change: Change): void {
  const tree = changeDigest(change);
  left.add(task, { output: tree, tree }, change);
}

const paths = (): { below: string[]; product: string[] } => ({
  below: left.treeBelow(third).map(({ path }) => path),
  product: left.product().map(({ path }) => path),
});

describe('what tasks leave behind', () => {
  it('is seen through tasks that left nothing', () => {
    add(first, { files: [file('a.ts')], removed: ['base.ts'] });
    add(second, EMPTY);
    expect(paths()).toEqual({ below: ['a.ts'], product: ['a.ts'] });
    expect(left.treeBelow(first).map(({ path }) => path)).toEqual(['base.ts']);
  });

  it('no longer counts once it is done again, and left nothing', () => {
    add(first, { files: [file('a.ts')], removed: [] });
    add(second, { files: [file('b.ts')], removed: [] });
    left.remove([first]);
    expect(left.product().map(({ path }) => path)).toEqual(['base.ts']);
    add(first, EMPTY);
    add(second, { files: [file('b.ts')], removed: [] });
    expect(paths()).toEqual({ below: ['b.ts', 'base.ts'], product: ['b.ts', 'base.ts'] });
  });

  it('no longer counts once something else, or nothing, stands for it', () => {
    add(first, { files: [file('a.ts')], removed: [] });
    add(first, EMPTY);
    add(second, EMPTY);
    expect(paths()).toEqual({ below: ['base.ts'], product: ['base.ts'] });
  });

  it('is other ground where a result is another, is taken back, or is joined by one to build on: never where there is only one more', () => {
    const grounds = [left.ground];
    const after = (change: () => void): boolean => {
      change();
      grounds.push(left.ground);
      return grounds.at(-1) !== grounds.at(-2);
    };
    expect([
      after(() => add(first, EMPTY)),
      after(() => add(second, EMPTY)),
      after(() => add(second, EMPTY)),
      after(() => add(second, { files: [file('b.ts')], removed: [] })),
      after(() => left.remove([second])),
      after(() => left.buildOnto(third, [0])),
      after(() => left.buildOnto(third, [0])),
    ]).toEqual([false, false, false, true, true, true, false]);
    expect(new Set(grounds).size).toBe(4);
  });
});
