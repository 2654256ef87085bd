import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  client,
  type ClientContext,
  methods,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { afterEach, describe, expect, it } from 'vitest';

import { cleanEnvironment } from '../../../../src/runtime/workspace/process.ts';
import type { Reply } from '../../../support/scripted-model/serve-model.ts';
import { closeBench, scripted, workspace } from './model-bench.ts';

const ENTRY = join(import.meta.dirname, '../../../../src/runtime/workspace/model/model-entry.ts');

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await closeBench();
});

interface Host {
  root: string;
  asked: RequestPermissionRequest[];
  updates: SessionUpdate[];
  child: ChildProcess;
  context: ClientContext;
}

interface Settings {
  root?: string;
  url: string;
  permit?: (request: RequestPermissionRequest) => boolean | 'cancelled';
  meta?: Record<string, unknown>;
  env?: Record<string, string>;
}

/** Starts the agent as a process, and speaks with it as any client would. */
async function withAgent<T>(settings: Settings, work: (sessionId: string, host: Host) => Promise<T>): Promise<T> {
  const { root = workspace(), url, permit = () => true, meta = {}, env = {} } = settings;
  const child = spawn(process.execPath, [ENTRY], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...cleanEnvironment(dirname(root)),
      AGENTNEXUS_MODEL: 'scripted-model',
      AGENTNEXUS_MODEL_URL: `${url}/v1`,
      AGENTNEXUS_MODEL_KEY: 'canary-key',
      ...env,
    },
  });
  started.push(child);
  const asked: RequestPermissionRequest[] = [];
  const updates: SessionUpdate[] = [];
  const stream = ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout));
  return client({ name: 'test' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      asked.push(params);
      const answer = permit(params);
      if (answer === 'cancelled') return { outcome: { outcome: 'cancelled' } };
      return {
        outcome: {
          outcome: 'selected',
          optionId: params.options.find(({ kind }) => kind === (answer ? 'allow_once' : 'reject_once'))!.optionId,
        },
      };
    })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .connectWith(stream, async (context) => {
      await context.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} });
      const { sessionId } = await context.request(methods.agent.session.new, { cwd: root, mcpServers: [], _meta: meta });
      return work(sessionId, { root, asked, updates, child, context });
    });
}

const say = (text: string, sessionId: string, { context }: Host) =>
  context.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });

const WORK: Reply[] = [
  { calls: [{ name: 'read', arguments: { path: 'a.txt' } }] },
  { calls: [{ name: 'edit', arguments: { path: 'a.txt', old: 'one', new: 'two' } }] },
  {
    calls: [
      {
        name: 'run',
        arguments: { command: ['node', '-p', '"ran " + Object.keys(process.env).filter((name) => /MODEL/.test(name)).length'] },
      },
    ],
  },
  { text: 'Done.' },
];

describe('the model agent as a process', () => {
  it('asks its client before it changes or runs anything, and does what is allowed', async () => {
    const model = await scripted(WORK);
    const root = workspace({ 'a.txt': 'one' });
    await withAgent({ url: model.url, root }, async (sessionId, host) => {
      expect(await say('Make it two.', sessionId, host)).toMatchObject({ stopReason: 'end_turn' });
      expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('two');
      expect(host.asked.map(({ toolCall }) => [toolCall.kind, toolCall.locations ?? toolCall.rawInput])).toEqual([
        ['edit', [{ path: join(root, 'a.txt') }]],
        ['execute', { command: expect.arrayContaining(['node', '-p']), cwd: root }],
      ]);
      expect(host.asked[0]?.toolCall.content).toEqual([
        { type: 'diff', path: join(root, 'a.txt'), oldText: 'one', newText: 'two' },
      ]);
      const states = host.updates.flatMap((update) => ('status' in update ? [update.status] : []));
      expect(states).toEqual([
        'pending',
        'in_progress',
        'completed',
        'pending',
        'in_progress',
        'completed',
        'pending',
        'in_progress',
        'completed',
      ]);
      expect(JSON.stringify(host.updates)).toContain('ran 0');
      expect(JSON.stringify(host.updates)).toContain('Done.');
    });
    expect(model.requests[0]?.headers['authorization']).toBe('Bearer canary-key');
    expect(model.requests.map(({ text }) => text).join('')).not.toContain('canary-key');
    expect(model.requests[0]?.text).not.toContain(root);
  });

  it.each([false, 'cancelled'] as const)('does nothing that its client does not allow (%s)', async (answer) => {
    const model = await scripted([WORK[1]!, { text: 'I may not.' }]);
    const root = workspace({ 'a.txt': 'one' });
    await withAgent({ url: model.url, root, permit: () => answer }, async (sessionId, host) => {
      expect(await say('Make it two.', sessionId, host)).toMatchObject({ stopReason: 'end_turn' });
      expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('one');
      expect(host.updates).toContainEqual(expect.objectContaining({ sessionUpdate: 'tool_call_update', status: 'failed' }));
    });
  });

  it('has only the tools and the limits that its client says', async () => {
    const model = await scripted((_, results) => ({ calls: [{ name: 'read', arguments: { path: '.', offset: results + 1 } }] }));
    const meta = { 'agentnexus.dev/session': { tools: ['read', 'fly'], limits: { turns: 3 } } };
    await withAgent({ url: model.url, meta }, async (sessionId, host) => {
      expect(await say('Read on.', sessionId, host)).toMatchObject({ stopReason: 'max_turn_requests' });
    });
    expect((model.requests[0]!.body['tools'] as { name: string }[]).map(({ name }) => name)).toEqual(['read']);
  });

  it('stops within an answer when its client cancels', async () => {
    const model = await scripted([{ text: 'x'.repeat(1000), faults: [{ kind: 'drip', everyMs: 50 }] }]);
    await withAgent({ url: model.url }, async (sessionId, host) => {
      const answer = say('Talk.', sessionId, host);
      while (host.updates.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await host.context.notify(methods.agent.session.cancel, { sessionId });
      expect(await answer).toMatchObject({ stopReason: 'cancelled' });
    });
  });

  it('fails with the reason that the server gives', async () => {
    const model = await scripted(() => ({
      faults: [{ kind: 'status', status: 401, body: { error: { message: 'Who are you?' } } }],
    }));
    await withAgent({ url: model.url }, async (sessionId, host) => {
      await expect(say('Talk.', sessionId, host)).rejects.toThrow('Who are you?');
    });
  });

  it('ends within its time', async () => {
    const model = await scripted([{ text: 'x'.repeat(1000), faults: [{ kind: 'drip', everyMs: 50 }] }]);
    await withAgent(
      { url: model.url, meta: { 'agentnexus.dev/session': { limits: { wallMs: 300 } } } },
      async (sessionId, host) => {
        await expect(say('Talk.', sessionId, host)).rejects.toThrow('time is over');
      },
    );
  });

  it('keeps the conversation from one prompt to the next', async () => {
    const model = await scripted([{ text: 'Yes.' }]);
    await withAgent({ url: model.url }, async (sessionId, host) => {
      await say('First.', sessionId, host);
      await say('Second.', sessionId, host);
    });
    expect(model.requests[1]?.text).toMatch(/First\..*Yes\..*Second\./);
  });

  it('ends with its client, and takes what it has started along', async () => {
    const root = workspace();
    const script = 'require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)';
    const model = await scripted([{ calls: [{ name: 'run', arguments: { command: ['node', '-e', script] } }] }]);
    const child = await withAgent({ url: model.url, root }, async (sessionId, host) => {
      say('Run.', sessionId, host).catch(() => {});
      while (!existsSync(join(root, 'pid')) || readFileSync(join(root, 'pid'), 'utf8') === '')
        await new Promise((resolve) => setTimeout(resolve, 20));
      return host.child;
    });
    child.stdin!.end();
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(0)));
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('says what it is not told', async () => {
    const { code, stderr } = await start({});
    expect(code).toBe(4);
    expect(stderr).toContain('AGENTNEXUS_MODEL');
  });

  it.each(['ftp://x/v1', 'http://user:secret@x/v1', 'nonsense'])(
    'refuses %s as an address, and does not repeat it',
    async (url) => {
      const { code, stderr } = await start({ AGENTNEXUS_MODEL: 'm', AGENTNEXUS_MODEL_URL: url });
      expect(code).toBe(2);
      expect(stderr).not.toContain('secret');
    },
  );
});

async function start(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...cleanEnvironment(dirname(workspace())), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stderr };
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended but was not waited for is still there to be signalled.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
