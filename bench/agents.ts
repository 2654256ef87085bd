import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../src/base/clock.ts';
import { sha256 } from '../src/base/digest.ts';
import { openLog } from '../src/runtime/log/log.ts';
import type { AgentEvent, Chronicle } from '../src/runtime/policy/agent-event.ts';
import { createCompiler } from '../src/runtime/workspace/compiler/compiler.ts';
import { hostedInProcess } from '../src/runtime/workspace/host/in-process-agent.ts';
import type { Terms } from '../src/runtime/workspace/host/terms.ts';
import { buildGraph } from '../src/spec/build-graph.ts';
import { interpret } from '../src/spec/interpret.ts';
import type { Task } from '../src/spec/model.ts';
import { readBundle } from '../src/spec/read-bundle.ts';
import { benchSigner } from './append-chain.ts';
import type { Agent } from '../src/runtime/workspace/agent.ts';
import { createHostedAgent } from '../src/runtime/workspace/host/hosted-agent.ts';
import { createOpenSandbox } from '../src/runtime/workspace/sandbox/open-sandbox.ts';
import { runProcess } from '../src/runtime/workspace/process.ts';
import type { Sandbox } from '../src/runtime/workspace/sandbox/sandbox.ts';
import { createSrtSandbox } from '../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { type BenchRow, median, row } from './bench-row.ts';
import { writeBundle } from './bundle.ts';

const ROUNDS = 15;

/** What the host adds to an agent that does nothing, beside starting that program bare; and contracts through the embedded agent. */
export async function benchAgents(): Promise<BenchRow[]> {
  const bare = await times(async () => {
    await runProcess(['true'], { cwd: tmpdir(), env: { PATH: '/usr/bin:/bin' }, timeoutMs: 10_000 });
  });
  const open = await attempts(createOpenSandbox());
  const srt = createSrtSandbox();
  const walls = (await srt.missing()).length === 0 ? await attempts(srt) : [Number.NaN];
  return [
    row('agents: one that does nothing, no sandbox (baseline: bare)', {
      value: median(open),
      baseline: median(bare),
      goal: '≤ 30 ms',
    }),
    row('agents: one that does nothing, srt (baseline: bare)', {
      value: median(walls),
      baseline: median(bare),
      goal: '≤ 300 ms',
    }),
    await compiled(),
  ];
}

async function attempts(sandbox: Sandbox): Promise<number[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-agents-'));
  // Within walls the agent may be another user, who must get through here.
  chmodSync(scratch, 0o711);
  const agent = createHostedAgent(
    { name: 'idle', protocol: 'exec', command: ['true'], env: {} },
    {
      scratch,
      path: '/usr/bin:/bin',
      environment: {},
      secret: [],
      sandbox,
      termsFor: () => EVERYTHING,
      keep: async (content) => sha256(content),
    },
  );
  try {
    return await times(() => once(agent));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function once(agent: Agent, task = TASK, chronicle: Chronicle = async () => undefined): Promise<void> {
  const brief = { mission: 'm', task, attempt: 1, needs: new Map(), tree: () => [], read: () => Buffer.alloc(0) };
  const result = await agent.perform(brief, new AbortController().signal, chronicle);
  if (result.outcome === 'failed') throw new Error(result.reason);
}

async function times(work: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  // The first rounds load and warm up.
  for (let round = -2; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    if (round >= 0) taken.push(performance.now() - start);
  }
  return taken;
}

/** A hundred contracts, two at a time, what happens to their agents in a log on disk; beside the compiler called bare. */
async function compiled(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-agents-'));
  const log = openLog(folder, { mode: 'write', clock: systemClock, signer: benchSigner(), signing: { every: 2, within: 50 } });
  try {
    writeBundle(join(folder, 'bundle'), 250);
    const { tasks } = buildGraph(await interpret(readBundle(join(folder, 'bundle'))));
    const contracts = tasks.filter(({ kind }) => kind === 'contract').slice(0, CONTRACTS);
    const hosted = hostedInProcess(createCompiler(), { termsFor: () => EVERYTHING });
    const chronicle = async ({ kind, ...data }: AgentEvent): Promise<void> => {
      await log.append([{ kind, mission: 'bench', data: JSON.parse(JSON.stringify(data)) }]);
    };
    const rate = async (agent: Agent): Promise<number> => {
      const start = performance.now();
      const waiting = [...contracts];
      const lane = async (): Promise<void> => {
        for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await attempt(agent, task, chronicle);
      };
      await Promise.all([lane(), lane()]);
      return (contracts.length * 1000) / (performance.now() - start);
    };
    await rate(hosted);
    const [value, baseline] = [await rate(hosted), await rate(createCompiler())];
    return row('agents: contracts a second, `compiler` (baseline: bare)', { value, baseline, unit: '1/s', goal: '≥ 50 1/s' });
  } finally {
    log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the engine has it: spawned, its attempt, retired. */
async function attempt(agent: Agent, task: Task, chronicle: Chronicle): Promise<void> {
  const event = { agentId: task.id, lifecycle: 'spawned', capabilityProfile: 'author', energyBudget: 1 } as const;
  await chronicle({ kind: 'agent.lifecycle', event });
  await once(agent, task, chronicle);
  await chronicle({ kind: 'agent.lifecycle', event: { ...event, lifecycle: 'retired' } });
}

const CONTRACTS = 100;

const EVERYTHING: Terms = {
  digest: sha256(''),
  energy: 1,
  env: [],
  secrets: [],
  hosts: [],
  memory: { read: [], write: [] },
  kinds: [],
  decide: () => ({ verdict: 'allow', rule: 'all' }),
};

const TASK: Task = {
  id: 'work:t1',
  title: 'Nothing',
  kind: 'work',
  optional: false,
  milestone: 'Work',
  priority: 'P1',
  needs: [],
  writes: [],
  requirements: [],
  profile: 'author',
  ability: 'model',
  fragment: { text: 'Do nothing.' },
  source: { file: 'spec.md', line: 1, column: 1, endLine: 1 },
};
