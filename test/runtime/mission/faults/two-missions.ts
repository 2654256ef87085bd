import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';

import { systemClock } from '../../../../src/base/clock.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { systemIds } from '../../../../src/base/ids.ts';
import { openKeyFile } from '../../../../src/runtime/log/key-file.ts';
import type { EntryDraft } from '../../../../src/runtime/log/entry.ts';
import { type Log, openLog } from '../../../../src/runtime/log/log.ts';
import { type NoteSigner, noteSigner } from '../../../../src/runtime/log/signed-note.ts';
import { agentEvent } from '../../../../src/runtime/mission/agent-records.ts';
import { Loop } from '../../../../src/runtime/mission/loop.ts';
import { missionProjection } from '../../../../src/runtime/mission/projection.ts';
import { isOpen, latestMissionOf, openApprovals } from '../../../../src/runtime/mission/queries.ts';
import { wordSaid } from '../../../../src/runtime/mission/records.ts';
import { type MissionOptions, runMission } from '../../../../src/runtime/mission/run-mission.ts';
import type { Attempt, AttemptResult, Runner } from '../../../../src/runtime/mission/runner.ts';
import type { MissionSettings } from '../../../../src/runtime/mission/settings.ts';
import { treeDigest } from '../../../../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import type { Need, Task } from '../../../../src/spec/model.ts';
import { aTask } from '../a-task.ts';
import { leave, specificationOf } from '../mission-bench.ts';
import { interpose, type Interposer } from './boundaries.ts';

const needs = (...tasks: string[]): { needs: Need[] } => ({
  needs: tasks.map((task) => ({ task, kind: 'structural', because: 'it must' })),
});

const work = (id: string, ...on: string[]): Task => aTask(id, { kind: 'work', ability: 'model', ...needs(...on) });

/** Both missions have these, under equal keys: who comes second takes what the first has left. */
const SHARED = [aTask('s0'), aTask('s1', needs('s0')), aTask('s2', needs('s0'))];

/**
 * What a mission can go through: tasks side by side, one that fails at first (`r`), two that a check finds at fault (`x`, `y`) and one that
 * builds on them (`z`), three that change one file side by side, of which one cannot be put together with another (`m3`), one that a person must
 * approve (`q`), and a gate.
 */
const TROUBLED: Task[] = [
  ...SHARED,
  work('r', 's1'),
  work('x', 's2'),
  work('y', 's0'),
  work('z', 'x', 'y'),
  work('m0', 's0'),
  work('m1', 'm0'),
  work('m2', 'm0'),
  work('m3', 'm0'),
  aTask('check', {
    kind: 'verification',
    ability: 'qa',
    fragment: { verifies: 'work' },
    ...needs('r', 'x', 'y', 'z', 'm1', 'm2', 'm3'),
  }),
  aTask('q', needs('s1')),
  aTask('w', needs('q')),
  aTask('gate', { kind: 'gate', ability: 'gate', ...needs('check', 'w') }),
];

const CALM: Task[] = [
  ...SHARED,
  ...['u0', 'u1', 'u2'].map((id) => aTask(id, needs('s1', 's2'))),
  aTask('v', needs('u0', 'u1', 'u2')),
];

const MISSIONS: Record<string, { tasks: Task[]; settings: MissionSettings }> = {
  troubled: { tasks: TROUBLED, settings: { approvals: [{ task: 'q' }] } },
  calm: { tasks: CALM, settings: {} },
};

export const SHARED_IDS: ReadonlySet<string> = new Set(SHARED.map(({ id }) => id));

/** What one process does: the unfinished of both missions, to their end. */
export interface Life extends Interposer {
  /** An attempt runs. */
  ran?: (attempt: Attempt) => void;
  /** Whether the person answers while the mission runs; otherwise when all else is done. Asked each time: nobody answers the dead. */
  promptly?: () => boolean;
}

export function signerIn(dir: string): NoteSigner {
  return noteSigner('test.log', openKeyFile(join(dir, 'keys', 'log.key'), 'ed25519'));
}

export function openIn(dir: string): { log: Log; store: ContentStore } {
  const log = openLog(dir, {
    mode: 'write',
    clock: systemClock,
    signer: signerIn(dir),
    projections: [missionProjection],
    signing: { every: 2, within: 50 },
  });
  return { log, store: openContentStore(dir, { writer: true }) };
}

/** Runs both missions side by side on the opened workspace; those that are over are left alone. Product heads by name. */
export async function driveMissions(opened: { log: Log; store: ContentStore }, life: Life): Promise<Record<string, string>> {
  const { log, store } = interpose(opened, life);
  const runner = runnerOn(store, life);
  const never = new AbortController().signal;
  const loop = new Loop({ runner, clock: systemClock, jobs: 3, drain: never, stop: never });
  const names = Object.keys(MISSIONS);
  const ends = await Promise.allSettled(
    names.map((name) =>
      driveOne(name, {
        log,
        store,
        loop,
        clock: systemClock,
        ids: systemIds(systemClock),
        performerOf: () => ({ name: 'script', version: '1' }),
        settings: MISSIONS[name]?.settings ?? {},
        onStart: () => undefined,
        onChange({ task, state }) {
          if (state === 'waiting' && life.promptly?.() === true) void approve(name, task.id, { log, loop });
        },
      }),
    ),
  );
  const heads = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  return Object.fromEntries(names.map((name, at) => [name, heads[at] ?? '']));
}

async function driveOne(name: string, options: MissionOptions): Promise<string> {
  const { log } = options;
  const specification = specificationOf({ id: name });
  const tasks = MISSIONS[name]?.tasks ?? [];
  for (;;) {
    const last = latestMissionOf(log.db, name);
    if (last !== undefined && !isOpen(last)) return `${last.state} ${last.head}`;
    const asked = last === undefined ? [] : openApprovals(log.db, last.id);
    if (last?.state === 'waiting') {
      for (const { id } of asked) await approve(name, id, options);
    }
    const graph = { specification: name, tasks };
    await runMission(specification, graph, { ...options, force: new Set(), priority: 'P1', originatingSpec: 'file:///spec' });
  }
}

async function approve(name: string, id: string, { log, loop }: Pick<MissionOptions, 'log' | 'loop'>): Promise<void> {
  const mission = latestMissionOf(log.db, name)?.id;
  const tasks = MISSIONS[name]?.tasks ?? [];
  const index = tasks.findIndex((each) => each.id === id);
  const task = tasks[index];
  if (task === undefined || mission === undefined) return;
  await log.append([wordSaid('approve', { mission, task }, { request: `${mission} ${task.id}`, by: 'somebody' })]);
  loop.steer({ type: 'approved', mission, task: index });
}

function runnerOn(store: ContentStore, { ran = () => undefined }: Life): Runner {
  return {
    opening: (attempt) => [lifecycle(attempt, 'spawned')],
    run: (attempts) =>
      Promise.all(
        attempts.map(async (attempt) => {
          ran(attempt);
          // Not all take equally long.
          for (let turns = attempt.task.id.charCodeAt(0) % 4; turns > 0; turns--) await tick();
          return { ...(await act(attempt, store)), closing: [lifecycle(attempt, 'retired')] };
        }),
      ),
  };
}

const agentOf = ({ task, number }: Attempt): string => `script/${task.id}/${number}`;

function lifecycle(attempt: Attempt, state: 'spawned' | 'retired'): EntryDraft {
  const { mission, task, number } = attempt;
  const event = { agentId: agentOf(attempt), lifecycle: state, capabilityProfile: task.profile, energyBudget: 0 };
  const identity = { mission, task: task.id, title: task.title, kind: task.kind };
  return agentEvent(identity, { attempt: number, event: { kind: 'agent.lifecycle', event } });
}

/** What each task does depends on what is on record alone, so that a life more or less changes nothing. */
async function act(attempt: Attempt, store: ContentStore): Promise<AttemptResult> {
  const { task, feedback } = attempt;
  const decision = { verdict: 'deny' as const, rule: 'nothing' };
  await attempt.chronicle({
    kind: 'agent.decision',
    agent: agentOf(attempt),
    action: { kind: 'other', what: 'a look' },
    decision,
  });
  if (task.id === 'r' && feedback === undefined) return { outcome: 'failed', reason: 'Not the first time.', evidence: [] };
  if (task.id === 'x' || task.id === 'y')
    return leave(attempt, store, feedback === undefined ? `bad ${task.id}` : `good ${task.id}`);
  if (task.id.startsWith('m')) return change(attempt, store);
  if (task.id === 'z') return leave(attempt, store, treeDigest(attempt.tree()));
  if (task.id === 'check') return check(attempt, store);
  return leave(attempt, store);
}

/** A file of five lines, of which the tasks change one each: the second, the fourth, the second. */
async function change(attempt: Attempt, store: ContentStore): Promise<AttemptResult> {
  const before = attempt.tree().find(({ path }) => path === 'shared.txt');
  const text = before === undefined ? 'a\nb\nc\nd\ne\n' : Buffer.from(store.get(before.digest)).toString();
  const by = attempt.task.id;
  const now = by === 'm2' ? text.replace('d', 'd m2') : by === 'm0' ? text : text.replace(/b.*/, (line) => `${line} ${by}`);
  const bytes = Buffer.from(now);
  const tree = [{ path: 'shared.txt', digest: await store.put(bytes), size: bytes.length, type: 'code' as const }];
  return { outcome: 'succeeded', tree, output: treeDigest(tree), evidence: [] };
}

function check(attempt: Attempt, store: ContentStore): AttemptResult {
  const faulty = attempt.tree().filter(({ digest }) => Buffer.from(store.get(digest)).toString().startsWith('bad'));
  const paths = faulty.map(({ path }) => path);
  if (paths.length > 0) return { outcome: 'failed', reason: `${paths.join(', ')} are bad.`, faulty: paths, evidence: [] };
  return { outcome: 'succeeded', tree: [], output: digestOf({ passed: treeDigest(attempt.tree()) }), evidence: [] };
}
