import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { type Action, readAction, runAction } from './composite-action.ts';
import { findPeer, needPeer, PEER_TIMEOUT } from './peers.ts';
import { needTool } from './requirements.ts';
import { runTool } from './run-tool.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LONG = 5 * 60_000;

const SPEC = '# Tiny\n\n## Data Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID, text: string }`\n';
const NEVER = 'package agentnexus.release\n\ndefault allow := false\n\ndeny contains "not `today` | ever"\n';

let dir: string;
let cwd: string;
let temp: string;
let action: Action;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ci-'));
  [cwd, temp] = ['work', 'temp'].map((name) => join(dir, name)) as [string, string];
  for (const folder of [cwd, temp, join(cwd, 'spec')]) mkdirSync(folder);
  writeFileSync(join(cwd, 'spec', 'spec.md'), SPEC);
  writeFileSync(join(cwd, 'never.rego'), NEVER);
  action = readAction(ROOT);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const withAction = (given: Record<string, string>) => runAction(action, { action: ROOT, cwd, temp, with: given });

describe('the action', () => {
  it('builds, verifies and promotes, and says so', { timeout: LONG }, async () => {
    const { code, outputs, summary, log } = await withAction({ bundle: 'spec', promote: `dir:${join(dir, 'out')}` });
    expect([code, log]).toEqual([0, expect.stringContaining('agentnexus/')]);
    expect(outputs).toMatchObject({
      state: 'succeeded',
      gate: 'pass',
      verification: 'verified',
      evidence: 'agentnexus-evidence',
    });
    expect(outputs['promotion']).toBe('done');
    expect(outputs['head']).toMatch(/^sha256:/);
    expect(existsSync(outputs['product'] ?? '')).toBe(true);
    expect(summary).toContain('| succeeded | pass |');
    expect(summary).toContain('Evidence: **verified**');
    expect(existsSync(join(dir, 'out', 'assets'))).toBe(true);
    // The keys are gone with the job.
    expect(existsSync(join(temp, 'agentnexus-keys'))).toBe(false);
  });

  it('fails where the policy denies, promotes nothing, and shows its words as words', { timeout: LONG }, async () => {
    const { code, outputs, summary } = await withAction({
      bundle: 'spec',
      'release-policy': 'never.rego',
      promote: `dir:${join(dir, 'out')}`,
    });
    expect(code).toBe(1);
    expect(outputs).toMatchObject({ state: 'failed', gate: 'fail', verification: 'verified', promotion: '' });
    expect(summary).toContain("- `not 'today' \\| ever`");
    expect(existsSync(join(dir, 'out'))).toBe(false);
  });

  it('says what is wrong with a specification, and takes nothing of its inputs for a command', { timeout: LONG }, async () => {
    const { code, outputs, summary } = await withAction({
      bundle: '$(touch hacked)"; touch hacked #',
      arguments: '--jobs=1\n$(touch hacked)',
    });
    expect(code).toBe(2);
    expect(outputs['mission']).toBe('');
    expect(summary).toContain('**');
    expect(readdirSync(cwd)).not.toContain('hacked');
  });

  it('signs with the keys that it is given', { timeout: LONG }, async () => {
    const first = await withAction({ bundle: 'spec' });
    expect(first.code).toBe(0);
    const keys = join(dir, 'keys');
    mkdirSync(keys);
    const openssl = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', join(keys, 'signing.key')];
    execFileSync('openssl', openssl, { stdio: 'ignore' });
    execFileSync('chmod', ['600', join(keys, 'signing.key')]);
    const archive = execFileSync('tar', ['--create', '--gzip', '--directory', keys, '.']).toString('base64');
    const { code } = await withAction({ bundle: 'spec', keys: archive, workspace: 'other', evidence: 'proof' });
    expect(code).toBe(0);
    const own = execFileSync('openssl', ['pkey', '-in', join(keys, 'signing.key'), '-pubout']).toString();
    expect(readFileSync(join(cwd, 'proof', 'keys', 'signing.pub'), 'utf8').trim()).toBe(own.trim());
  });

  it('names every action that it uses by its commit, and hands inputs to no script as text', () => {
    const used = action.runs.steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const uses of used) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    for (const { run: script = '' } of action.runs.steps) expect(script).not.toContain('${{');
  });

  it('is what actionlint takes for one', { timeout: PEER_TIMEOUT }, async (context) => {
    const actionlint = needPeer(context, await findPeer('actionlint'));
    const [example = ''] =
      /```yaml\n(name: release[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8'))?.slice(1) ?? [];
    expect(example).toContain('OWNER/agentnexus@');
    mkdirSync(join(cwd, '.github', 'workflows'), { recursive: true });
    copyFileSync(join(ROOT, 'action.yml'), join(cwd, 'action.yml'));
    writeFileSync(join(cwd, '.github', 'workflows', 'release.yml'), example.replace(/OWNER\/agentnexus@\S+/, './'));
    execFileSync('git', ['init', '--quiet'], { cwd });
    const { stdout } = await runTool(actionlint, [], { cwd });
    expect(stdout).toBe('');
    // It can say no.
    writeFileSync(
      join(cwd, '.github', 'workflows', 'release.yml'),
      example.replace(/OWNER\/agentnexus@\S+/, './').replace('bundle:', 'bundel:'),
    );
    await expect(runTool(actionlint, [], { cwd })).rejects.toMatchObject({ stdout: expect.stringContaining('bundel') });
  });
});

describe('the job for GitLab', () => {
  interface Job {
    variables: Record<string, string>;
    before_script: string[];
    script: string[];
    after_script: string[];
  }

  it('builds and verifies, and fails where the gate denies', { timeout: LONG }, async () => {
    const { '.agentnexus': job } = parse(readFileSync(join(ROOT, 'templates', 'ci', 'gitlab.yml'), 'utf8')) as Record<
      string,
      Job
    >;
    if (job === undefined) throw new Error('there is no job');
    const lines = [...job.before_script, ...job.script];
    const env = (more: Record<string, string>) => ({
      ...job.variables,
      PATH: process.env['PATH'] ?? '',
      HOME: temp,
      AGENTNEXUS_KEYS: join(temp, 'keys'),
      SPEC_KIT: join(ROOT, 'node_modules', '.bin', 'spec-kit'),
      BUNDLE: 'spec',
      ...more,
    });
    const bash = ['-e', '-o', 'pipefail', '-c', lines.join('\n')];
    await runTool('bash', bash, { cwd, timeout: LONG, env: env({ PROMOTE: `dir:${join(dir, 'out')}` }) });
    expect(existsSync(join(dir, 'out', 'assets'))).toBe(true);
    writeFileSync(join(cwd, 'spec', '.agentnexus.yaml'), 'release:\n  policy: ../never.rego\n');
    await expect(runTool('bash', bash, { cwd, timeout: LONG, env: env({ EVIDENCE: 'second' }) })).rejects.toMatchObject({
      code: 1,
    });
    expect(existsSync(join(cwd, 'second', 'policy.tar.gz'))).toBe(true);
  });
});

describe('the scripts', () => {
  it('please shellcheck', async (context) => {
    needTool(context, 'shellcheck');
    const folder = join(ROOT, 'templates', 'ci');
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'));
    expect((await runTool('shellcheck', ['--external-sources', ...scripts], { cwd: folder })).stdout).toBe('');
  });
});
