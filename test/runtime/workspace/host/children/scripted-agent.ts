import { spawnSync } from 'node:child_process';
import { writeFileSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Readable, Writable } from 'node:stream';

import {
  agent,
  type AgentContext,
  type McpServer,
  methods,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';

/** What the agent does, one after the other, once it is told something. */
export type Step =
  | { say: string }
  | { write: string; text: string }
  /** Asks, and writes down what it was told in reply. */
  | { ask: Omit<RequestPermissionRequest['toolCall'], 'toolCallId'>; note: string; always?: boolean; onlyAlways?: boolean }
  | { tell: 'brief'; into: string }
  | { mode: string }
  | { use: number }
  | { garbage: number }
  | { flood: number }
  | { wait: number }
  | { hang: 'forever' | 'deaf' }
  | { die: number }
  | { readThrough: string; note: string }
  /** Uses a tool of the server that it was given, started by its command, and writes down what it said. */
  | { tool: string; args: Record<string, unknown>; note: string }
  | { stop: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal' | 'cancelled' };

export interface Part {
  steps: Step[];
  modes?: { current: string; available: string[] };
  /** Says yes to a mode and stays where it is. */
  stubborn?: boolean;
  optionMode?: { current: string; available: string[] };
  version?: number;
  /** Before it answers anything. */
  birth?: 'dies' | 'silent' | 'garbage' | 'refuses session';
}

const part = JSON.parse(process.env['PART'] ?? '{"steps":[]}') as Part;
const cancelled = new AbortController();
let servers: readonly McpServer[] = [];

if (part.birth === 'dies') {
  process.stderr.write('cannot find my key\n');
  process.exit(7);
}
if (part.birth === 'silent') await wait(600_000);
if (part.birth === 'garbage') {
  for (let line = 0; line < 1_000; line++) process.stdout.write(`Loading ${line} …\n`);
}

const app = agent({ name: 'scripted' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: part.version ?? 1, agentCapabilities: {} }))
  .onRequest(methods.agent.session.new, ({ client, params }) => {
    servers = params.mcpServers;
    if (part.birth === 'refuses session') throw new Error('not logged in');
    if (part.stubborn === true && part.modes !== undefined)
      setImmediate(() => void update(client, { sessionUpdate: 'current_mode_update', currentModeId: part.modes?.current ?? '' }));
    return {
      sessionId: 's1',
      ...(part.modes && {
        modes: { currentModeId: part.modes.current, availableModes: part.modes.available.map((id) => ({ id, name: id })) },
      }),
      ...(part.optionMode && { configOptions: [modeOption(part.optionMode.current)] }),
    };
  })
  .onRequest(methods.agent.session.setMode, async ({ params, client }) => {
    const currentModeId = part.stubborn === true ? (part.modes?.current ?? '') : params.modeId;
    await update(client, { sessionUpdate: 'current_mode_update', currentModeId });
    return {};
  })
  .onRequest(methods.agent.session.setConfigOption, ({ params }) => ({
    configOptions: [modeOption(part.stubborn === true ? (part.optionMode?.current ?? '') : String(params.value))],
  }))
  .onNotification(methods.agent.session.cancel, () => cancelled.abort())
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [first] = params.prompt;
    const told = first?.type === 'text' ? first.text : '';
    for (const step of part.steps) {
      if ('stop' in step) return { stopReason: step.stop };
      await perform(step, { client, told });
      if (cancelled.signal.aborted) return { stopReason: 'cancelled' };
    }
    return { stopReason: 'end_turn' };
  });

app.connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>));

function modeOption(currentValue: string) {
  const options = (part.optionMode?.available ?? []).map((value) => ({ value, name: value }));
  return { id: 'mode', name: 'Mode', category: 'mode', type: 'select' as const, currentValue, options };
}

async function update(client: AgentContext, sent: SessionUpdate): Promise<void> {
  await client.notify(methods.client.session.update, { sessionId: 's1', update: sent });
}

async function perform(step: Step, { client, told }: { client: AgentContext; told: string }): Promise<void> {
  if ('say' in step) await update(client, { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: step.say } });
  else if ('write' in step) writeFileSync(step.write, step.text);
  else if ('tell' in step) writeFileSync(step.into, told);
  else if ('mode' in step) await update(client, { sessionUpdate: 'current_mode_update', currentModeId: step.mode });
  else if ('use' in step) {
    const cost = { amount: 0.5, currency: 'USD' };
    await update(client, { sessionUpdate: 'usage_update', used: step.use, size: 100_000, cost });
  } else if ('garbage' in step) for (let line = 0; line < step.garbage; line++) writeSync(1, '{"jsonrpc": oops\n');
  else if ('flood' in step) {
    if (!process.stdout.write(`${'x'.repeat(step.flood)}\n`)) await once(process.stdout, 'drain');
  } else if ('wait' in step) await wait(step.wait, undefined, { signal: cancelled.signal }).catch(() => undefined);
  else if ('hang' in step) {
    if (step.hang === 'deaf') for (;;);
    await wait(600_000, undefined, { signal: cancelled.signal }).catch(() => undefined);
  } else if ('die' in step) {
    writeSync(2, 'out of memory\n');
    process.exit(step.die);
  } else if ('ask' in step) await ask(step, client);
  else if ('tool' in step) writeFileSync(step.note, useTool(step));
  else if ('readThrough' in step) {
    const answer = await client
      .request(methods.client.fs.readTextFile, { sessionId: 's1', path: step.readThrough })
      .then(({ content }) => content)
      .catch((error: unknown) => `error: ${String(error)}`);
    writeFileSync(step.note, answer);
  }
}

function useTool({ tool, args }: Extract<Step, { tool: string }>): string {
  const [server] = servers;
  if (server === undefined) return 'no server';
  if (!('command' in server)) return 'no command';
  const messages = [
    { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: tool, arguments: args } },
  ];
  const input = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
  const env = { ...process.env, ...Object.fromEntries(server.env.map(({ name, value }) => [name, value])) };
  const { stdout, stderr } = spawnSync(server.command, server.args, { input, env, encoding: 'utf8', timeout: 20_000 });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return last === '' ? stderr : last;
}

async function ask(step: Extract<Step, { ask: unknown }>, client: AgentContext): Promise<void> {
  const single = [
    { optionId: 'no', name: 'No', kind: 'reject_once' as const },
    { optionId: 'yes', name: 'Yes', kind: 'allow_once' as const },
  ];
  const always = [{ optionId: 'always', name: 'Always', kind: 'allow_always' as const }];
  const options = step.onlyAlways === true ? always : step.always === true ? [...always, ...single] : single;
  const toolCall: RequestPermissionRequest['toolCall'] = { toolCallId: 't1', title: 'something', ...step.ask };
  const asked: RequestPermissionRequest = { sessionId: 's1', toolCall, options };
  const { outcome } = await client.request(methods.client.session.requestPermission, asked);
  writeFileSync(step.note, outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome);
}
