import { Redactor } from '../../../../src/runtime/workspace/secrets/redactor.ts';
import { readdirSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { filesOf, hostBench } from './host-bench.ts';

let bench: ReturnType<typeof hostBench>;
beforeEach(() => {
  bench = hostBench();
});
afterEach(() => {
  bench.remove();
});

const node = (code: string): [string, ...string[]] => [process.execPath, '-e', code];

describe('an exec agent', () => {
  it('gets the brief on stdin, works in a copy of the tree, and leaves what it changed', async () => {
    const code = `const fs = require('fs'); fs.writeFileSync('told.md', fs.readFileSync(0)); fs.appendFileSync('a.txt', '!')`;
    const outcome = await bench.perform({ command: node(code) }, { files: { 'a.txt': 'a', 'b.txt': 'b' } });
    const files = filesOf(outcome);
    expect(files['a.txt']).toBe('a!');
    expect(files['told.md']).toMatch(/^# Do it\n[^]*Write a poem\.[^]*a\.txt \(1 bytes\)/);
    expect(Object.keys(files)).toEqual(['a.txt', 'told.md']);
    expect(readdirSync(bench.scratch)).toEqual([]);
    expect(outcome.result).toMatchObject({ conditions: { sandbox: 'none' } });
    expect([...outcome.kept.values()]).toEqual([files['told.md']]);
  });

  it('gets nothing of our environment but what its profile names', async () => {
    const code = `require('fs').writeFileSync('env.json', JSON.stringify(process.env))`;
    const outcome = await bench.perform(
      { command: node(code), env: { OWN: 'in ${home}' } },
      { profile: { env: ['GIVEN', 'ABSENT'] }, environment: { GIVEN: '1', KEPT: '2' } },
    );
    const env = JSON.parse(filesOf(outcome)['env.json'] ?? '') as Record<string, string>;
    const own = Object.keys(env).filter((name) => !['PWD', 'SHLVL', '_'].includes(name));
    expect(own.toSorted()).toEqual(['GIVEN', 'HOME', 'LANG', 'NO_COLOR', 'OWN', 'PATH', 'TMPDIR', 'TZ']);
    expect(env['OWN']).toBe(`in ${env['HOME']}`);
  });

  it('sees no file that its profile does not let it read, and takes none away by that', async () => {
    const code = `require('fs').writeFileSync('seen.txt', require('fs').readdirSync('.').join())`;
    const outcome = await bench.perform(
      { command: node(code) },
      { files: { 'a.txt': 'a', 'secret.txt': 's' }, profile: { read: ['a.txt'] } },
    );
    expect(filesOf(outcome)['seen.txt']).toBe('a.txt');
    expect(outcome.result).toMatchObject({ removed: [] });
  });

  it('is not accepted with a file that its profile does not let it write, and the log has the denial', async () => {
    const { result, events } = await bench.perform(
      { command: node(`require('fs').writeFileSync('src.ts', '')`) },
      { profile: { write: ['docs/**'] } },
    );
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/changed src\.ts/) });
    expect(events).toMatchObject([
      { kind: 'agent.decision', action: { kind: 'write', path: 'src.ts' }, decision: { verdict: 'deny' } },
    ]);
  });

  it.each([
    ['a bad exit, with its last words', `console.error('no luck'); process.exit(3)`, /ended with 3: no luck/],
    ['its own death', `process.kill(process.pid, 'SIGKILL')`, /was ended by SIGKILL/],
    ['a link', `require('fs').symlinkSync('/etc/passwd', 'link')`, /link is no plain file/],
  ])('fails for %s', async (_name, code, reason) => {
    const { result } = await bench.perform({ command: node(code) });
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) });
    expect(readdirSync(bench.scratch)).toEqual([]);
  });

  it('says nothing of a secret, not even where its last words are cut within one', async () => {
    const redactor = new Redactor();
    redactor.add('KEY', 'canary-0123456789-canary');
    // The cut, 2,000 characters from the end, is in its middle.
    const code = "process.stderr.write('canary-0123456789-canary' + 'x'.repeat(1990)); process.exitCode = 3";
    const words = { redact: (text: string) => redactor.text(text) };
    const { result } = await bench.perform({ command: ['node', '-e', code] }, words);
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/ended with 3: .*x{1990}$/) });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('fails for a program that is not there, and for one that takes too long', async () => {
    const absent = await bench.perform({ command: ['no-such-program-anywhere'] });
    expect(absent.result).toMatchObject({ outcome: 'failed', reason: 'no-such-program-anywhere is not installed.' });
    const slow = await bench.perform({ command: node('setInterval(() => {}, 1000)') }, { limits: { wallMs: 200 } });
    expect(slow.result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/took longer than it may/) });
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const running = bench.perform({ command: node('setInterval(() => {}, 1000)') }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    expect((await running).result).toMatchObject({ outcome: 'failed', reason: 'It was stopped.' });
  });

  it('has files of its definition in its home', async () => {
    const outcome = await bench.perform({
      command: node(`require('fs').copyFileSync(process.env.HOME + '/.config/x.json', 'x.json')`),
      homeFiles: { '.config/x.json': '{"at":"${model}"}' },
      model: 'm1',
    });
    expect(filesOf(outcome)['x.json']).toBe('{"at":"m1"}');
  });
});
