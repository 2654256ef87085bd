import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import type { Tree } from '../../../../src/runtime/vault/artifact.ts';
import type { AgentResult } from '../../../../src/runtime/workspace/agent.ts';
import { orphansIn } from '../../../../src/runtime/workspace/orphans.ts';
import { createScriptAgent } from '../../../../src/runtime/workspace/script/script-agent.ts';
import { parseScript } from '../../../../src/runtime/workspace/script/read-script.ts';
import type { Script, ScriptedTask } from '../../../../src/runtime/workspace/script/script.ts';
import { parseYaml } from '../../../../src/spec/documents/parse-yaml.ts';
import { aTask } from '../../mission/a-task.ts';

const CONTENT = Buffer.from('what was there');
const TREE: Tree = [{ path: 'docs/before.md', digest: sha256(CONTENT), size: CONTENT.length, type: 'analysis' }];

const silent = async (): Promise<void> => undefined;

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'script-'));
});
afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const scriptOf = (tasks: NonNullable<Script['tasks']>): Script => ({ version: 1, tasks });
const agentOf = (script: Script) => createScriptAgent(script, { scratch, path: process.env['PATH'] ?? '' });
const TASK = aTask('work:t1', { sourceId: 'T1', kind: 'work', ability: 'model' });

async function perform(
  entry: ScriptedTask,
  { attempt = 1, signal = new AbortController().signal, tree = TREE } = {},
): Promise<AgentResult> {
  return agentOf(scriptOf({ T1: entry })).perform(briefOf({ attempt, tree }), signal, silent);
}

const briefOf = ({ attempt = 1, tree = TREE } = {}) => ({
  mission: 'm',
  task: TASK,
  attempt,
  needs: new Map(),
  tree: () => tree,
  read: () => CONTENT,
});

const node = (code: string): [string, ...string[]] => [process.execPath, '-e', code];

describe('the script agent', () => {
  it('may have one word for all tasks, but not none at all', async () => {
    const script = await parseScript('version: 1\ndefault: { writes: { a.md: x } }', 'all.yaml');
    expect(await agentOf(script).perform(briefOf(), new AbortController().signal, silent)).toMatchObject({ outcome: 'done' });
    await expect(parseScript('version: 1', 'all.yaml')).rejects.toMatchObject({ code: 'SCRIPT_INVALID' });
  });

  it('means the same by JSON as by YAML', async () => {
    const text = fc.string({ unit: 'binary' });
    const writes = fc.dictionary(text, text, { maxKeys: 3 });
    const script = fc.record({
      version: fc.constant(1),
      default: fc.record({ writes, waits: fc.integer({ min: 0, max: 1000 }) }),
    });
    const anyJson = fc.tuple(script, fc.constantFrom(0, 2)).map(([value, indent]) => JSON.stringify(value, undefined, indent));
    await fc.assert(
      fc.asyncProperty(anyJson, async (json) => {
        expect({ value: await parseScript(json, 'all.json') }).toEqual(parseYaml(json));
      }),
    );
  });

  it('refuses JSON with a key that stands twice, and says where', async () => {
    const twice = '{"version": 1,\n "default": {"writes": {"a": "b",\n "a": "c"}}}';
    await expect(parseScript(twice, 'all.json')).rejects.toMatchObject({
      code: 'SCRIPT_INVALID',
      details: { line: 3, column: 2 },
    });
  });

  it('leaves what the script says, told by what it is', async () => {
    const writes = { 'src/a.ts': 'a', 'test/a.test.ts': 'b', 'docs/a.md': 'c', 'pkg/a_test.go': 'd' };
    const result = await perform({ writes, usage: { tokens: 7 } });
    expect(result).toMatchObject({ outcome: 'done', usage: { tokens: 7 } });
    expect(result.outcome === 'done' && result.files.map(({ path, type }) => `${path} ${type}`)).toEqual([
      'src/a.ts code',
      'test/a.test.ts test',
      'docs/a.md analysis',
      'pkg/a_test.go test',
    ]);
  });

  it('does what is written down for each attempt, and the last for all after it', async () => {
    const entry: ScriptedTask = { attempts: [{ fails: 'Not today.' }, { writes: { 'a.md': 'x' } }] };
    expect(await perform(entry)).toEqual({ outcome: 'failed', reason: 'Not today.' });
    expect(await perform(entry, { attempt: 2 })).toMatchObject({ outcome: 'done' });
    expect(await perform(entry, { attempt: 9 })).toMatchObject({ outcome: 'done' });
  });

  it('runs a command in a copy of the tree, keeps what it changed, and leaves nothing behind', async () => {
    const run = node(
      "const fs = require('fs'); fs.appendFileSync('docs/before.md', '!'); fs.writeFileSync('new.txt', fs.readFileSync('laid.txt'))",
    );
    const result = await perform({ writes: { 'laid.txt': 'over' }, run });
    expect(result.outcome === 'done' && result.files.map(({ path, content }) => [path, String(content)])).toEqual([
      ['docs/before.md', 'what was there!'],
      ['laid.txt', 'over'],
      ['new.txt', 'over'],
    ]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('takes away what it says, or what its command has removed', async () => {
    const run = node("require('fs').rmSync('docs/before.md')");
    expect(await perform({ run })).toEqual({ outcome: 'done', files: [], removed: ['docs/before.md'] });
    expect(await perform({ removes: ['docs/before.md'], run: node('') })).toMatchObject({ removed: ['docs/before.md'] });
    expect(await perform({ removes: ['docs/before.md'] })).toMatchObject({ removed: ['docs/before.md'] });
  });

  it.each([
    ['a bad exit, with its last words', "console.error('no luck'); process.exit(3)", /ended with 3: no luck/],
    ['a symbolic link', "require('fs').symlinkSync('/etc/passwd', 'link')", /link is no plain file/],
    ['a hard link', `require('fs').linkSync(process.execPath, 'link')`, /no plain file|EXDEV|EPERM/],
  ])('fails for %s', async (_name, code, reason) => {
    const result = await perform({ run: node(code) });
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) });
  });

  it('uses a folder again only where a command has left nothing in it', async () => {
    const names = node(
      "const fs = require('fs'); fs.writeFileSync('seen.txt', [process.cwd(), ...fs.readdirSync('..'), ...fs.readdirSync(process.env.HOME)].join())",
    );
    const nothing = { tree: [] };
    await perform({ run: node("require('fs').mkdirSync('empty')") }, nothing);
    await perform({ run: node("require('fs').writeFileSync(process.env.HOME + '/left', '')") }, nothing);
    await perform({ run: node("require('fs').mkdtempSync(process.env.TMPDIR + '/')") }, nothing);
    await perform({ run: node("require('fs').rmdirSync(process.env.TMPDIR)") }, nothing);
    expect(readdirSync(scratch)).toEqual([]);
    await perform({ run: node('') }, nothing);
    const [kept] = readdirSync(scratch);
    expect(kept).toMatch(/^run-/);
    const result = await perform({ run: names }, nothing);
    expect(result.outcome === 'done' && String(result.files[0]?.content)).toMatch(new RegExp(`${kept}/product,home,product$`));
    expect(readdirSync(scratch)).toEqual([]);
  });

  it.each([
    ['an empty folder', "fs.mkdirSync('empty')"],
    [
      'something at home, under the old time',
      "const at = fs.statSync('../home'); fs.writeFileSync('../home/x', ''); fs.utimesSync('../home', at.atime, at.mtime)",
    ],
  ])('throws a folder away that was empty for long, where a command has left %s', async (_, what) => {
    const nothing = { tree: [] };
    await perform({ run: node('') }, nothing);
    const kept = readdirSync(scratch);
    // From now on the time of its last change says whether there was another.
    await wait(250);
    await perform({ run: node('') }, nothing);
    expect(readdirSync(scratch)).toEqual(kept);
    await perform({ run: node(`const fs = require('fs'); ${what}`) }, nothing);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('does not write outside of its copy', async () => {
    const result = await perform({ writes: { '../../escaped.txt': 'x' }, run: node('') });
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('is no path inside a product') });
    expect(existsSync(join(scratch, 'escaped.txt'))).toBe(false);
  });

  it('knows nothing of our environment', async () => {
    const result = await perform({ run: node("require('fs').writeFileSync('env.txt', Object.keys(process.env).sort().join())") });
    expect(result.outcome === 'done' && String(result.files[0]?.content)).toBe('HOME,LANG,NO_COLOR,PATH,TMPDIR,TZ');
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(await perform({ waits: 60_000 }, { signal: abort.signal })).toMatchObject({ outcome: 'failed' });
    expect(await perform({ run: node('setInterval(() => {}, 1000)') }, { signal: abort.signal })).toMatchObject({
      outcome: 'failed',
    });
  });

  it.skipIf(process.platform !== 'linux')('ends a command of which nobody knows any more how it goes', async () => {
    const run = node("process.kill(process.ppid, 'SIGKILL'); setInterval(() => {}, 1000)");
    await expect(perform({ run })).rejects.toThrow('the process that starts commands');
    expect(orphansIn(scratch)).toEqual([]);
  });

  it('is another version for a task exactly if the script says something else about it', () => {
    const [one, other] = [{ writes: { 'a.md': '1' } }, { writes: { 'a.md': '2' } }];
    const version = (script: Script) => agentOf(script).versionFor(TASK);
    expect(version(scriptOf({ T1: one, T2: one }))).toBe(version(scriptOf({ T1: one, T2: other })));
    expect(version(scriptOf({ T1: one }))).toBe(version(scriptOf({ 'work:t1': one, T1: other })));
    expect(version(scriptOf({ T1: one }))).not.toBe(version(scriptOf({ T1: other })));
  });

  it('does no task that the script does not name', async () => {
    const result = await agentOf(scriptOf({})).perform(briefOf(), new AbortController().signal, silent);
    expect(result).toEqual({ outcome: 'failed', reason: 'The script says nothing about work:t1 (T1).' });
  });
});
