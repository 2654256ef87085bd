import { describe, expect, it } from 'vitest';

import type { Action } from '../../../src/runtime/policy/action.ts';
import type { CapabilityProfile } from '../../../src/runtime/policy/capability-profile.ts';
import { decide } from '../../../src/runtime/policy/decide.ts';

const NOTHING: CapabilityProfile = {
  name: 'nothing',
  read: [],
  write: [],
  run: [],
  hosts: [],
  env: [],
  secrets: [],
  memory: { read: [], write: [] },
  energy: 0,
  ask: [],
};

const having = (part: Partial<CapabilityProfile>) => ({ ...NOTHING, ...part });
const verdict = (part: Partial<CapabilityProfile>, action: Action) => decide(having(part), action).verdict;

describe('decide', () => {
  it.each<Action>([
    { kind: 'read', path: 'a' },
    { kind: 'write', path: 'a' },
    { kind: 'run', argv: ['true'] },
    { kind: 'connect', host: 'example.com', port: 443 },
    { kind: 'env', name: 'CI' },
    { kind: 'secret', name: 'token' },
    { kind: 'remember', scope: 'mission' },
    { kind: 'recall', scope: 'mission' },
    { kind: 'spend', energy: 1 },
    { kind: 'other', what: 'switch mode' },
  ])('denies $kind that nothing names', (action) => {
    expect(decide(NOTHING, action)).toEqual({ verdict: 'deny', rule: 'nothing names nothing that allows it' });
  });

  it('says which rule has decided', () => {
    expect(decide(having({ write: ['src/**'] }), { kind: 'write', path: 'src/a.ts' }).rule).toBe('write: src/**');
    expect(decide(having({ run: [['npm', 'test']] }), { kind: 'run', argv: ['npm', 'test', '-w'] }).rule).toBe('run: npm test');
  });

  it('asks where the profile says so, and never about what nobody may touch', () => {
    const asking = { ask: ['run', 'write'] } as const;
    expect(decide(having(asking), { kind: 'run', argv: ['curl'] })).toEqual({ verdict: 'ask', rule: 'nothing asks about run' });
    expect(verdict(asking, { kind: 'connect', host: 'a.example', port: 443 })).toBe('deny');
    expect(verdict(asking, { kind: 'write', path: '.git/hooks/pre-commit' })).toBe('deny');
    expect(verdict(asking, { kind: 'write', path: '../x' })).toBe('deny');
  });

  it('spends no more than there is', () => {
    const part = { energy: 10 };
    expect([10, 10.1, -1, Number.NaN].map((energy) => verdict(part, { kind: 'spend', energy }))).toEqual([
      'allow',
      'deny',
      'deny',
      'deny',
    ]);
  });
});

describe('paths', () => {
  const everything = { read: ['**'], write: ['**'] };

  it.each([
    'src/a.ts',
    './src//a.ts',
    'src/./a',
    'a..b',

    'cafe\u0301',
    '.gitignore',
    '.github/workflows/ci.yml',
    'agentnexus/x',
  ])('allows %j under **', (path) => {
    expect(verdict(everything, { kind: 'write', path })).toBe('allow');
  });

  it.each([
    '',
    '.',
    './',
    '..',
    '../x',
    'a/../b',
    'a/..',
    'a/.. /b',
    '...',
    '/etc/passwd',
    '//x',
    '~/x',
    'C:/x',
    'c:x',
    'a\\..\\b',
    'a\0b',
    'a\nb',
    '\ud800',
    'x'.repeat(5000),
    '.git',
    '.git/config',
    './.git/hooks/pre-commit',
    'sub/module/.git/hooks/x',
    '.GIT/config',
    '.Git./config',
    '.git /config',
    'git~1/config',
    '.g\u200cit/config',
    '．git/config',
    '.git::$INDEX_ALLOCATION/config',
    '.agentnexus/log.db',
    '.AgentNexus/profiles/author.yaml',
    '.agentnexus.yaml',
    'AGENTN~1/profiles/x',
  ])('denies %j even under **, to read and to write', (path) => {
    expect(verdict(everything, { kind: 'write', path })).toBe('deny');
    expect(verdict(everything, { kind: 'read', path })).toBe('deny');
  });

  it.each([
    ['*.md', 'README.md', 'allow'],
    ['*.md', 'docs/README.md', 'deny'],
    ['src/**', 'src', 'deny'],
    ['src/**', 'src/a/b', 'allow'],
    ['src/**', 'SRC/a', 'deny'],
    ['src/*', 'src/a/b', 'deny'],
    ['src/*', 'src/.env', 'allow'],
    ['cafe\u0301/**', 'caf\u00e9/x', 'allow'],
    ['a.c', 'abc', 'deny'],
  ])('%s for %s: %s', (glob, path, expected) => {
    expect(verdict({ write: [glob] }, { kind: 'write', path })).toBe(expected);
  });
});

describe('commands', () => {
  const part = { run: [['npm', 'test'], ['git', 'log'], ['node'], ['npm', 'run', 'build:*']] } as const;

  it.each<[string, ...string[]][]>([
    [['npm', 'test']],
    [['npm', 'test', '--', 'x; rm -rf /']],
    [['node', 'a.js']],
    [['npm', 'run', 'build:all']],
  ])('allows %j', (argv) => {
    expect(verdict(part, { kind: 'run', argv })).toBe('allow');
  });

  it.each<[string, ...string[]][]>([
    [['npm']],
    [['npm', 'tests']],
    [['npm', '--prefix', '/', 'test']],
    [['npm test']],
    [['NPM', 'test']],
    [['/usr/bin/npm', 'test']],
    [['./npm', 'test']],
    [['..\\npm', 'test']],
    [['sh', '-c', 'npm test']],
    [['bash', '-c', 'npm test']],
    [['env', 'X=Y', 'npm', 'test']],
    [['npx', 'npm', 'test']],
    [['sudo', 'npm', 'test']],
    [['xargs', 'npm', 'test']],
    [['X=Y', 'npm', 'test']],
    [['git', '-c', 'alias.log=!sh', 'log']],
    [['npm', 'run', 'build']],
    [['', 'test']],
    [['npm', 'test', 'a\0b']],
    [['node.exe']],
    [['ｎode']],
  ])('denies %j', (argv) => {
    expect(verdict(part, { kind: 'run', argv })).toBe('deny');
  });

  it('takes no glob for a program', () => {
    expect(verdict({ run: [['*']] }, { kind: 'run', argv: ['sh'] })).toBe('deny');
  });
});

describe('hosts', () => {
  it.each([
    ['example.com', 'example.com', 443],
    ['example.com', 'EXAMPLE.com.', 443],
    ['example.com:8080', 'example.com', 8080],
    ['*.example.com', 'a.b.example.com', 443],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['127.0.0.1:80', '127.1', 80],
    ['127.0.0.1:80', '::ffff:127.0.0.1', 80],
    ['[::1]:80', '::1', 80],
  ])('%s lets %s:%d through', (rule, host, port) => {
    expect(verdict({ hosts: [rule] }, { kind: 'connect', host, port })).toBe('allow');
  });

  it.each([
    ['example.com', 'example.com', 80],
    ['example.com', 'a.example.com', 443],
    ['*.example.com', 'example.com', 443],
    ['*.example.com', 'notexample.com', 443],
    ['*.example.com', 'example.com.evil.net', 443],
    ['example.com', 'example.com\0.evil.net', 443],
    ['example.com', 'example.com@evil.net', 443],
    ['example.com', 'example.com:443', 443],
    ['example.com', 'example.com/x', 443],
    ['example.com', 'example.com#', 443],
    ['*.0.0.1', '127.0.0.1', 443],
    ['*.com', 'example.com', 443],
    ['*', 'example.com', 443],
    ['', '', 443],
    ['example.com', 'exam%70le.com', 443],
  ])('%s does not let %s:%d through', (rule, host, port) => {
    expect(verdict({ hosts: [rule] }, { kind: 'connect', host, port })).toBe('deny');
  });
});

describe('names and scopes', () => {
  it('are what they say', () => {
    const part = { env: ['CI'], secrets: ['a'], memory: { read: ['mission', 'team/*'], write: ['mission'] } };
    expect(verdict(part, { kind: 'env', name: 'CI' })).toBe('allow');
    expect(verdict(part, { kind: 'env', name: 'ci' })).toBe('deny');
    expect(verdict(part, { kind: 'secret', name: 'a' })).toBe('allow');
    expect(verdict(part, { kind: 'secret', name: 'ab' })).toBe('deny');
    expect(verdict(part, { kind: 'recall', scope: 'team/x' })).toBe('allow');
    expect(verdict(part, { kind: 'remember', scope: 'team/x' })).toBe('deny');
  });
});
