import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { decide } from '../../../src/runtime/policy/decide.ts';
import { energyOf } from '../../../src/runtime/policy/energy.ts';
import { loadProfiles, profileNamed } from '../../../src/runtime/policy/load-profiles.ts';
import { readProfile } from '../../../src/runtime/policy/read-profile.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('built-in profiles', () => {
  it('are there for every profile that tasks have', () => {
    const source = readFileSync(join(root, 'src/spec/graph/task.ts'), 'utf8');
    const named = [...source.matchAll(/profile: '([a-z]+)'/g)].map(([, name]) => name);
    const profiles = loadProfiles();
    expect([...profiles.keys()].toSorted()).toEqual(['author', 'integrator', 'reader', 'releaser', 'tester']);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(profiles.has(name ?? ''), name).toBe(true);
  });

  it('reach no host, get no secret, and run no shell', () => {
    for (const read of loadProfiles().values()) {
      const profile = read();
      expect([profile.hosts, profile.secrets, profile.env]).toEqual([[], [], []]);
      for (const program of ['sh', 'bash', 'env', 'npx', 'curl', 'sudo']) {
        expect(decide(profile, { kind: 'run', argv: [program, 'x'] }).verdict).not.toBe('allow');
      }
    }
    const { write } = profileNamed(loadProfiles(), 'reader');
    expect(write).toEqual([]);
  });

  it('are told of in the documentation, with what a unit of energy is', () => {
    const text = readFileSync(join(root, 'docs', 'capability-profiles.md'), 'utf8');
    for (const file of readdirSync(join(root, 'templates', 'profiles')))
      expect(text).toContain(`\`${file.replace('.yaml', '')}\``);
    expect(text).toContain('| 1,000 tokens');
    expect(energyOf({ tokens: 1000 })).toBe(1);
    expect(energyOf({ seconds: 60, toolCalls: 10 })).toBe(2);
  });
});

describe("users' own profiles", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'profiles-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stand beside the built-in ones, and in their place', () => {
    writeFileSync(join(folder, 'author.yaml'), 'name: author\nwrite: [src/**]\nenergy: 5\n');
    writeFileSync(join(folder, 'scout.yml'), 'name: scout\nhosts: [docs.example]\nenergy: 1\n');
    const profiles = loadProfiles(folder);
    expect(profileNamed(profiles, 'author').energy).toBe(5);
    expect(profileNamed(profiles, 'scout').hosts).toEqual(['docs.example']);
    expect(profileNamed(profiles, 'tester').write.length).toBeGreaterThan(0);
    expect(() => profileNamed(profiles, 'nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('are held to their file name', () => {
    writeFileSync(join(folder, 'a.yaml'), 'name: author\nenergy: 5\n');
    expect(() => loadProfiles(folder)).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID' }));
  });
});

describe('readProfile', () => {
  it.each([
    ['no name', 'energy: 1'],
    ['no energy', 'name: a'],
    ['an unknown key', 'name: a\nenergy: 1\nallow: all'],
    ['an unknown key inside', 'name: a\nenergy: 1\nmemory: {all: [x]}'],
    ['negative energy', 'name: a\nenergy: -1'],
    ['an absolute glob', 'name: a\nenergy: 1\nread: [/etc/**]'],
    ['a glob that goes up', 'name: a\nenergy: 1\nread: [a/../b]'],
    ['a negated glob', 'name: a\nenergy: 1\nread: ["!a"]'],
    ['a program with a folder', 'name: a\nenergy: 1\nrun: [/bin/sh]'],
    ['a program that is a glob', 'name: a\nenergy: 1\nrun: ["*"]'],
    ['a shell line', 'name: a\nenergy: 1\nrun: ["a; b"]'],
    ['a host that is none', 'name: a\nenergy: 1\nhosts: ["*"]'],
    ['an address', 'name: a\nenergy: 1\nhosts: ["https://a.example/"]'],
    ['no YAML', 'name: ['],
    ['two documents of one key', 'name: a\nname: b\nenergy: 1'],
  ])('refuses %s', (_what, text) => {
    expect(() => readProfile(text, 'x.yaml')).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID' }));
  });
});
