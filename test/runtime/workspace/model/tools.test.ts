import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { boundedText } from '../../../../src/runtime/workspace/model/tools/bounded-text.ts';
import type { ToolName } from '../../../../src/runtime/workspace/model/tools/tool.ts';
import { toolbox } from '../../../../src/runtime/workspace/model/tools/toolbox.ts';
import { cleanEnvironment } from '../../../../src/runtime/workspace/process.ts';
import { closeBench, workspace } from './model-bench.ts';

afterEach(closeBench);

async function call(root: string, name: ToolName, args: JsonObject): Promise<string> {
  const [tool] = toolbox([name]);
  const bench = { root, env: cleanEnvironment(dirname(root)), signal: new AbortController().signal };
  return tool!.plan(args, root).perform(bench);
}

describe('paths', () => {
  it.each([
    '../outside.txt',
    '/etc/passwd',
    'a/../../outside.txt',
    'link.txt',
    'folder/outside.txt',
    'nowhere',
    'loop',
    '',
    'a\0b',
  ])('lead nowhere outside: %j', async (path) => {
    const root = workspace();
    const outside = dirname(root);
    writeFileSync(join(outside, 'outside.txt'), 'canary');
    symlinkSync(join(outside, 'outside.txt'), join(root, 'link.txt'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(outside, 'made.txt'), join(root, 'nowhere'));
    symlinkSync('loop', join(root, 'loop'));
    await expect(call(root, 'read', { path })).rejects.toThrow(/outside|no path/);
    await expect(call(root, 'write', { path, content: 'x' })).rejects.toThrow(/outside|no path/);
    expect(existsSync(join(outside, 'made.txt'))).toBe(false);
  });

  it('may be links within', async () => {
    const root = workspace({ 'a.txt': 'a' });
    symlinkSync('a.txt', join(root, 'b.txt'));
    expect(await call(root, 'read', { path: 'b.txt' })).toBe('a');
  });

  it('may be absolute within', async () => {
    const root = workspace({ 'a.txt': 'a' });
    expect(await call(root, 'read', { path: join(root, 'a.txt') })).toBe('a');
  });
});

describe('read', () => {
  it('lists a folder', async () => {
    const root = workspace({ 'b/c.txt': 'c', 'a.txt': 'a' });
    expect(await call(root, 'read', { path: '.' })).toBe('a.txt\nb/');
  });

  it('gives a part, and says how to go on', async () => {
    const root = workspace({ 'a.txt': 'one\ntwo\nthree\nfour' });
    expect(await call(root, 'read', { path: 'a.txt', offset: 2, limit: 2 })).toBe(
      'two\nthree\n[… the file has 4 lines; go on with offset 4]',
    );
    await expect(call(root, 'read', { path: 'a.txt', offset: 9 })).rejects.toThrow('4 lines');
  });

  it('gives any file back whole, part by part', async () => {
    const root = workspace();
    const lines = Array.from({ length: 2000 }, (_, index) => `${index} ${'x'.repeat(index % 97)}`);
    writeFileSync(join(root, 'long.txt'), lines.join('\n'));
    const got: string[] = [];
    for (let offset = 1; offset <= lines.length;) {
      const part = (await call(root, 'read', { path: 'long.txt', offset })).split('\n').filter((line) => !line.startsWith('[…'));
      got.push(...part);
      offset += part.length;
    }
    expect(got).toEqual(lines);
  });

  it('refuses what is not text', async () => {
    const root = workspace();
    writeFileSync(join(root, 'a.bin'), Buffer.from([0xff, 0xfe, 0x00]));
    await expect(call(root, 'read', { path: 'a.bin' })).rejects.toThrow('not text');
  });
});

describe('edit', () => {
  const file = { 'a.txt': 'x = 1;\ny = 1;\n' };

  it('wants the text exactly, and once', async () => {
    const root = workspace(file);
    await expect(call(root, 'edit', { path: 'a.txt', old: 'x=1', new: '' })).rejects.toThrow('match exactly');
    await expect(call(root, 'edit', { path: 'a.txt', old: '= 1', new: '= 2' })).rejects.toThrow('2 times');
    await expect(call(root, 'edit', { path: 'a.txt', old: '', new: 'x' })).rejects.toThrow('empty');
    expect(await call(root, 'read', { path: 'a.txt' })).toBe(file['a.txt']);
  });

  it('replaces all places if told so', async () => {
    const root = workspace(file);
    await call(root, 'edit', { path: 'a.txt', old: '= 1', new: '= $&', all: true });
    expect(await call(root, 'read', { path: 'a.txt' })).toBe('x = $&;\ny = $&;\n');
  });

  it('does not write over what came between the decision and the change', async () => {
    const root = workspace(file);
    const [tool] = toolbox(['edit']);
    const plan = tool!.plan({ path: 'a.txt', old: 'x = 1', new: 'x = 2' }, root);
    writeFileSync(join(root, 'a.txt'), 'x = 1; changed');
    await expect(plan.perform({ root, env: {}, signal: new AbortController().signal })).rejects.toThrow('meanwhile');
    expect(await call(root, 'read', { path: 'a.txt' })).toBe('x = 1; changed');
  });
});

describe('write', () => {
  it('says what it cannot do', async () => {
    const root = workspace({ 'a.txt': '' });
    mkdirSync(join(root, 'folder'));
    await expect(call(root, 'write', { path: 'folder', content: '' })).rejects.toThrow('no file');
    await expect(call(root, 'write', { path: 'a.txt/b', content: '' })).rejects.toThrow('cannot be written');
    await expect(call(root, 'write', { path: 'b' })).rejects.toThrow('`content` must be a string');
  });
});

describe('run', () => {
  it('says how the program ended', async () => {
    const root = workspace();
    expect(await call(root, 'run', { command: ['node', '-e', 'console.error("oh"); process.exit(3)'] })).toBe(
      'oh\n[exit code 3]',
    );
    expect(await call(root, 'run', { command: ['node', '-e', 'setInterval(() => {}, 1000)'], seconds: 1 })).toBe(
      '[ended after 1 s]',
    );
    await expect(call(root, 'run', { command: ['no-such-program'] })).rejects.toThrow('no-such-program');
  });

  it('has no shell', async () => {
    const root = workspace();
    expect(await call(root, 'run', { command: ['node', '-p', 'process.argv.at(-1)', '$(id); `id` | x > y'] })).toContain(
      '$(id); `id` | x > y',
    );
    for (const command of ['a; b', 'a | b', 'a > b', 'echo $HOME', "a 'b c'", '', []]) {
      expect(() => toolbox(['run'])[0]!.plan({ command }, root)).toThrow(/list/);
    }
  });

  it('keeps the beginning and the end of a long output', async () => {
    const root = workspace();
    const text = await call(root, 'run', { command: ['node', '-e', 'console.log("first" + "x".repeat(100000) + "last")'] });
    expect(text).toMatch(/^first[^]*left out[^]*last\n\[exit code 0\]$/);
    expect(text.length).toBeLessThan(31_000);
  });

  it('runs what is executable in the workspace', async () => {
    const root = workspace({ 'go.mjs': '#!/usr/bin/env node\nconsole.log("went")' });
    chmodSync(join(root, 'go.mjs'), 0o755);
    expect(await call(root, 'run', { command: ['node', './go.mjs'] })).toBe('went\n[exit code 0]');
  });
});

it('bounds any text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 10, max: 300 }), (text, limit) => {
      const bounded = boundedText(text, limit);
      expect(bounded.length).toBeLessThanOrEqual(Math.max(limit + 60, text.length));
      expect(text.length <= limit ? bounded === text : bounded.includes('left out')).toBe(true);
    }),
  );
});
