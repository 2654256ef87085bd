import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { abreast } from '../../../base/abreast.ts';
import { sha256 } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { canonicalJson } from '../../../base/json.ts';
import type { WorkPlace } from '../../app/agents/agent-bench.ts';
import { keptPolicy } from '../../app/policies/kept-policy.ts';
import { agentOf, openRoster } from '../../app/host/roster.ts';
import type { Assignment, LeftFile, WorkResult } from '../../cluster/job.ts';
import { contentsOf, performerOf } from '../../cluster/remote-agent.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { Agent, AgentResult, Brief } from '../../workspace/agent.ts';
import type { Remembered } from '../../workspace/host/brief/brief-text.ts';
import { briefFrom } from '../../workspace/brief.ts';
import { secretLeft } from '../../workspace/secrets/secret-left.ts';
import type { SecretDesk } from '../../workspace/secrets/secret-desk.ts';
import { askAfar } from './ask-afar.ts';
import type { ControlPlane, Leased } from './control-plane.ts';
import type { WorkerCache } from './worker-cache.ts';

/** Where a worker works. */
export interface WorkBench {
  /** Folder of this worker alone. */
  dir: string;
  scratch: string;
  /** Contents that were fetched, or made here. */
  cache: WorkerCache;
  plane: ControlPlane;
  secrets: SecretDesk;
  /** Tells whoever runs the worker. */
  notice: (text: string) => void;
  /** Whether it does what nothing walls in. */
  unconfined: boolean;
}

/** How many contents travel at once. */
const TOGETHER = 4;

/**
 * Does one job: fetches what is missing here, has the same agent do it as the control plane would, sends what is missing there, and says how it ended. Silent where the lease has been
 * lost: then nobody wants to hear of it. Rejects where the control plane cannot be spoken to.
 */
export async function performWork(leased: Leased, bench: WorkBench, stop: AbortSignal): Promise<'done' | 'failed' | 'lost'> {
  const lost = new AbortController();
  const signal = AbortSignal.any([stop, lost.signal]);
  const over = new AbortController();
  const beating = keepAlive(leased, { plane: bench.plane, over: over.signal, lost });
  try {
    const result = await resultOf(leased, bench, signal);
    if (lost.signal.aborted) return 'lost';
    if (stop.aborted) {
      await bench.plane.giveBack(leased.id, 'the worker stops');
      return 'lost';
    }
    await bench.plane.deliver(leased.id, result);
    return result.outcome;
  } catch (error) {
    if (error instanceof NexusError && error.code === 'LEASE_LOST') return 'lost';
    throw error;
  } finally {
    over.abort();
    bench.cache.release(leased.id);
    await beating;
  }
}

/** Is heard of in time; aborts `lost` when the lease has ended, or nobody has answered for as long as the control plane would bear it. */
async function keepAlive(
  { id, patience }: Leased,
  { plane, over, lost }: { plane: ControlPlane; over: AbortSignal; lost: AbortController },
): Promise<void> {
  let last = performance.now();
  const pause = async (): Promise<boolean> => wait(patience / 4, true, { signal: over }).catch(() => false);
  while (await pause()) {
    try {
      await plane.heartbeat(id);
      last = performance.now();
    } catch (error) {
      const ended = error instanceof NexusError && error.code === 'LEASE_LOST';
      if (!ended && performance.now() - last < patience) continue;
      lost.abort();
      return;
    }
  }
}

async function resultOf({ id, assignment }: Leased, bench: WorkBench, signal: AbortSignal): Promise<WorkResult> {
  const { cache, plane } = bench;
  await fetchMissing(id, assignment, bench);
  const place = mkdtempSync(join(bench.dir, 'job-'));
  const opened: (() => Promise<void>)[] = [];
  try {
    const agent = await hire(assignment, { bench, lease: id, place, opened });
    if (typeof agent === 'string') return { outcome: 'failed', reason: agent };
    const result = await agent.perform(briefOf(assignment, cache.store), signal, (event) => plane.tell(id, event));
    return await sent(id, result, bench);
  } catch (error) {
    if (error instanceof NexusError && (error.code === 'LEASE_LOST' || error.code === 'REMOTE_UNREACHABLE')) throw error;
    return { outcome: 'failed', reason: `The agent broke: ${messageOf(error)}` };
  } finally {
    await Promise.allSettled(opened.map(async (close) => close()));
    rmSync(place, { recursive: true, force: true });
  }
}

/** Who does it here: the very one that the control plane means, or why there is none. */
async function hire(
  assignment: Assignment,
  { bench, lease, place, opened }: { bench: WorkBench; lease: string; place: string; opened: (() => Promise<void>)[] },
): Promise<Agent | string> {
  const { settings, task, profile, performer } = assignment;
  const { agent: named } = settings;
  const { store } = bench.cache;
  if (!bench.unconfined && (named?.script !== undefined || named?.unconfined === true))
    return 'It would run without walls, and this worker runs nothing so (`--unsafe-no-sandbox`).';
  if (profile !== undefined) {
    mkdirSync(join(place, 'profiles'));
    writeFileSync(join(place, 'profiles', `${task.profile}.yaml`), profile);
  }
  const roster = await openRoster(agentOf(settings, store), { dir: place, policy: keptPolicy(settings, store) });
  const agent = (await roster.open(workPlace(bench, { lease, opened, remembered: assignment.remembered ?? [] })))(task);
  if (agent === undefined) return 'No agent of this worker does such tasks.';
  const same = canonicalJson(performerOf(agent, task)) === canonicalJson(performer);
  return same ? agent : `Its performer here is another: ${canonicalJson(performerOf(agent, task))}.`;
}

/** Secrets and keys of models are those of this machine. People are asked, and briefs are told what is known, where the workspace is; to an agent away from it the memory is no tool. */
function workPlace(
  { dir, scratch, cache: { store }, plane, secrets, notice }: WorkBench,
  { lease, opened, remembered }: { lease: string; opened: (() => Promise<void>)[]; remembered: readonly Remembered[] },
): WorkPlace {
  return {
    dir,
    scratch,
    store: {
      get: (digest) => store.get(digest),
      async put(content) {
        const bytes = secrets.redactor.bytes(content);
        const digest = await store.put(bytes);
        await plane.send(lease, digest, bytes);
        return digest;
      },
    },
    recordingOf: () => {
      throw new RangeError('what is replayed is done where it was recorded');
    },
    memoryUsesOf: () => new Map(),
    redactor: secrets.redactor,
    secretNamed: (name) => secrets.value(name),
    secretsFor: (names) => secrets.environmentFor(names),
    recollect: async () => remembered,
    memoryFor: async ({ brief: { task }, terms: { memory } }) => {
      if (memory.read.length + memory.write.length > 0)
        notice(`The profile ${task.profile} names the memory: on a worker it has no tools yet.`);
      return undefined;
    },
    ask: (_brief, { signal }) => askAfar(plane, { lease, signal }),
    atEnd: (close) => void opened.push(close),
  };
}

function briefOf({ mission, task, attempt, needs, tree, feedback }: Assignment, store: ContentStore): Brief {
  const facts = { mission, task, attempt, needs: new Map(Object.entries(needs)), tree: () => tree };
  return briefFrom({ ...facts, ...(feedback !== undefined && { feedback }) }, store);
}

async function fetchMissing(lease: string, assignment: Assignment, { cache, plane }: WorkBench): Promise<void> {
  const missing = cache.hold(lease, contentsOf(assignment));
  await abreast(missing, TOGETHER, async (digest) => {
    const bytes = await plane.fetch(lease, digest);
    if (sha256(bytes) !== digest)
      throw new NexusError('REMOTE_UNREACHABLE', `The control plane sends something else as ${digest}.`);
    await cache.store.put(bytes);
  });
}

/** What the agent has left, once it is there. */
async function sent(lease: string, result: AgentResult, { cache: { store }, plane, secrets }: WorkBench): Promise<WorkResult> {
  if (result.outcome === 'failed') return result;
  const reason = secretLeft(result.files, secrets.redactor);
  if (reason !== undefined) return { outcome: 'failed', reason };
  const contents = result.files.map(({ content }) => Buffer.from(content));
  const digests = contents.map((each) => sha256(each));
  const byDigest = new Map(digests.map((digest, at) => [digest, contents[at] ?? Buffer.alloc(0)]));
  await store.putMany(contents);
  await abreast(await plane.missing(lease, [...byDigest.keys()]), TOGETHER, async (digest) => {
    await plane.send(lease, digest, byDigest.get(digest) ?? store.get(digest));
  });
  const files = result.files.map(({ content: _, ...file }, at): LeftFile => ({ ...file, digest: digests[at] ?? sha256('') }));
  const { removed, ...rest } = result;
  return { ...rest, files, ...(removed !== undefined && { removed: [...removed] }) };
}
