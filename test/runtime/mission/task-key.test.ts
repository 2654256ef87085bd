import { expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { keyChanges, keyManifest, taskKey } from '../../../src/runtime/mission/task-key.ts';
import { aTask } from './a-task.ts';

const compiler = { name: 'compiler', version: '1' };
const task = aTask('component:a', { needs: [{ task: 'contract:b', kind: 'contract', because: 'it produces B' }] });
const left = (content: string) => ({ outputs: new Map([['contract:b', sha256(content)]]) });
const outputs = left('b');
const key = (...args: Parameters<typeof keyManifest>): string => taskKey(keyManifest(...args));

it('is the same for the same inputs, whatever the wording around them', () => {
  const moved = { ...task, title: 'Other words', source: { file: 'other.md', line: 9, column: 1, endLine: 9 } };
  expect(key(moved, compiler, outputs)).toBe(key(task, compiler, outputs));
});

it('is another for another fragment, agent version, need or output of a need', () => {
  const base = key(task, compiler, outputs);
  expect(key({ ...task, fragment: { name: 'other' } }, compiler, outputs)).not.toBe(base);
  expect(key(task, { ...compiler, version: '2' }, outputs)).not.toBe(base);
  expect(key(task, compiler, left('c'))).not.toBe(base);
  expect(key({ ...task, needs: [] }, compiler, outputs)).not.toBe(base);
});

it('is another for what it builds on beside its needs, and for an agent that reads them for the files that were there', () => {
  const more = { outputs: new Map([...outputs.outputs, ['work:a', sha256('a')]]) };
  expect(key(task, compiler, { ...more, onto: ['work:a'] })).not.toBe(key(task, compiler, more));
  expect(key(task, compiler, { ...outputs, base: sha256('base') })).toBe(key(task, compiler, outputs));
  const work = { ...task, ability: 'model' as const };
  expect(key(work, compiler, { ...outputs, base: sha256('base') })).not.toBe(key(work, compiler, outputs));
});

it('cannot be made before the needs have settled', () => {
  expect(() => keyManifest(task, compiler, { outputs: new Map() })).toThrow('contract:b has not settled');
});

it('names the inputs that changed', () => {
  const before = keyManifest(task, compiler, outputs);
  const after = keyManifest(task, { ...compiler, version: '2' }, left('c'));
  expect(keyChanges(before, after)).toEqual([
    { input: 'need contract:b', before: sha256('b'), after: sha256('c') },
    { input: 'performer', before: 'compiler@1', after: 'compiler@2' },
  ]);
  expect(keyChanges(before, before)).toEqual([]);
});
