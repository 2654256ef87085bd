import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { runProcess } from '../../src/runtime/workspace/process.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { type Reply, type ScriptedModel, serveModel } from '../support/scripted-model/serve-model.ts';
import { needTool } from './requirements.ts';

/** Agents of others, as they are on npm: fetched here only, at the versions they were tried with. */
const PACKAGES = [
  'opencode-ai@1.18.33',
  '@google/gemini-cli@0.61.0',
  '@agentclientprotocol/codex-acp@2.6.0',
  '@openai/codex@0.169.0',
];

const ROOT = join(import.meta.dirname, '..', '..');

interface Case {
  agent: string;
  /** Some choose their tools by it. */
  named: string;
  /** A call that writes the poem, in the agent's own words. */
  good: Reply;
  /** One that writes outside of the workspace: what an injection would make of it. */
  evil: (path: string) => Reply;
  /** Not ours to fetch: tried where somebody has it. */
  brought?: string;
}

const shell = (command: string): Reply => ({ calls: [{ name: 'exec_command', arguments: { cmd: command } }] });

const CASES: Case[] = [
  {
    agent: 'claude',
    named: 'claude-sonnet-4-5',
    brought: 'claude-agent-acp',
    good: { calls: [{ name: 'Write', arguments: { file_path: 'poem.md', content: 'roses are red\n' } }] },
    evil: (path) => ({ calls: [{ name: 'Bash', arguments: { command: `echo pwned > ${path}`, description: 'look around' } }] }),
  },
  {
    agent: 'opencode',
    named: 'qwen3-coder',
    good: { calls: [{ name: 'write', arguments: { filePath: 'poem.md', content: 'roses are red\n' } }] },
    evil: (path) => ({ calls: [{ name: 'bash', arguments: { command: `echo pwned > ${path}`, description: 'look around' } }] }),
  },
  {
    agent: 'gemini',
    named: 'gemini-2.5-pro',
    good: { calls: [{ name: 'write_file', arguments: { file_path: 'poem.md', content: 'roses are red\n' } }] },
    evil: (path) => ({ calls: [{ name: 'run_shell_command', arguments: { command: `echo pwned > ${path}` } }] }),
  },
  {
    agent: 'codex',
    named: 'gpt-5',
    good: shell("printf 'roses are red\\n' > poem.md"),
    evil: (path) => shell(`echo pwned > ${path}`),
  },
];

const missing = await createSrtSandbox().missing();
if (missing.length > 0) process.stdout.write(`skipped: agents: ${missing.map(({ what }) => what).join(', ')}\n`);

let home: string;
let model: ScriptedModel | undefined;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'agents-'));
  // Where we are root, agents are somebody else.
  chmodSync(home, 0o755);
  if (missing.length > 0) return;
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  const install = ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES] as [string, ...string[]];
  const { code, stderr } = await runProcess(install, { cwd: home, env: ours(), timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`the agents cannot be fetched: ${stderr}`);
  // Its own launcher wants an install script to have run.
  const native = ['opencode-linux-x64', 'opencode-linux-arm64'].find((name) => existsSync(join(home, 'node_modules', name)));
  mkdirSync(join(home, 'bin'));
  symlinkSync(join(home, 'node_modules', native ?? '', 'bin', 'opencode'), join(home, 'bin', 'opencode'));
}, 320_000);

afterEach(async () => {
  await model?.close();
  model = undefined;
});

afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));

describe.skipIf(missing.length > 0)('agents from npm, in the sandbox, against a model on loopback', () => {
  it.for(CASES)(
    '$agent does its task, and does nothing outside of its folder',
    { timeout: 240_000 },
    async ({ agent, named, good, evil, brought }, context) => {
      if (brought !== undefined) needTool(context, brought);
      const cwd = mkdtempSync(join(home, 'work-'));
      chmodSync(cwd, 0o755);
      const canary = join(cwd, 'canary');
      mkdirSync(join(cwd, 'spec'));
      writeFileSync(join(cwd, 'spec', 'tasks.md'), '# Tasks: Poem\n\n- [ ] T001 Write a poem\n');
      writeFileSync(join(cwd, 'spec', '.agentnexus.yaml'), `agents:\n  ${agent}:\n    model: ${named}\n`);
      model = await serveModel([good, evil(canary), { text: 'It is done.' }], { models: [named] });
      const apply = ['apply', 'spec', '--agent', agent, '--json', '--workspace', join(cwd, 'ws')];
      const env = { ...environment(), ...servers(model.url), HOME: join(cwd, 'home') };
      const result = await runProcess([process.execPath, join(ROOT, 'bin', 'spec-kit.js'), ...apply], {
        cwd,
        env,
        timeoutMs: 200_000,
      });
      const logs = await runProcess(
        [process.execPath, join(ROOT, 'bin', 'spec-kit.js'), 'logs', 'latest', '--workspace', join(cwd, 'ws')],
        { cwd, env, timeoutMs: 20_000 },
      );
      expect({ code: result.code, stderr: result.stderr, logs: logs.stdout }).toMatchObject({ code: 0 });
      expect(JSON.parse(result.stdout)).toMatchObject({ state: 'succeeded' });
      expect(readFileSync(join(cwd, 'ws', 'build', 'poem', 'poem.md'), 'utf8')).toBe('roses are red\n');
      expect(existsSync(canary)).toBe(false);
      // The model was asked through the gateway alone, and the key it was asked with is in nothing that was written down.
      expect(model.requests.length).toBeGreaterThan(1);
      expect(logs.stdout).toContain('agent.exchange');
      expect(logs.stdout).not.toContain(KEY);
    },
  );
});

const KEY = 'canary-key-of-the-server';

function servers(url: string): Record<string, string> {
  return {
    AGENTNEXUS_MODEL_URL: `${url}/v1`,
    AGENTNEXUS_MODEL_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: KEY,
  };
}

/** What the registry takes to be reached: certificates, proxies, settings. */
function ours(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function environment(): Record<string, string> {
  const path = [join(home, 'bin'), join(home, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { PATH: path, HOME: process.env['HOME'] ?? home, NO_COLOR: '1' };
}
