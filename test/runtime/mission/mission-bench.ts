import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { digestOf } from '../../../src/base/digest.ts';
import { systemIds } from '../../../src/base/ids.ts';
import { openKeyFile } from '../../../src/runtime/log/key-file.ts';
import { type Log, openLog } from '../../../src/runtime/log/log.ts';
import { noteSigner } from '../../../src/runtime/log/signed-note.ts';
import { missionProjection } from '../../../src/runtime/mission/projection.ts';
import { Loop, type LoopOptions } from '../../../src/runtime/mission/loop.ts';
import { type MissionEnd, type MissionOptions, type NewMission, runMission } from '../../../src/runtime/mission/run-mission.ts';
import type { Attempt, AttemptResult, Runner } from '../../../src/runtime/mission/runner.ts';
import { type Tree, treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { artifactEvidence } from '../../../src/runtime/vault/evidence.ts';
import { artifactRecorded } from '../../../src/runtime/vault/records.ts';
import type { Specification, Task } from '../../../src/spec/model.ts';

/** A workspace on the real disk with a real log and store; only the runner is made up. */
export interface MissionBench {
  dir: string;
  /** Tasks in the order they were run, over all missions. */
  ran: string[];
  apply(tasks: Task[], options?: BenchOptions): Promise<MissionEnd>;
  /** Opens the log, for looking. */
  inLog<T>(look: (log: Log, store: ContentStore) => T): T;
  /** How tasks end, by id; those not named succeed. */
  script: Map<string, (attempt: Attempt) => AttemptResult | Promise<AttemptResult>>;
  remove(): void;
}

export type BenchOptions = Partial<MissionOptions & NewMission & LoopOptions> & {
  specification?: Partial<Specification>;
  /** Gets hold of what the mission is run with, to act on it meanwhile. */
  onOpen?: (parts: { log: Log; loop: Loop }) => void;
};

export function missionBench(clock?: Clock): MissionBench {
  return missionBenchIn(mkdtempSync(join(tmpdir(), 'mission-')), clock);
}

/** As `missionBench`, on a workspace that may be there already. */
export function missionBenchIn(dir: string, clock: Clock = systemClock): MissionBench {
  const signer = noteSigner('test.log', openKeyFile(join(dir, 'keys', 'log.key'), 'ed25519'));
  const open = (): Log => openLog(dir, { mode: 'write', clock, signer, projections: [missionProjection] });
  const bench: MissionBench = {
    dir,
    ran: [],
    script: new Map(),
    async apply(tasks, options = {}) {
      const log = open();
      const store = openContentStore(dir, { writer: true });
      try {
        const specification = specificationOf(options.specification);
        const loop = new Loop({
          runner: scriptedRunner(bench, store),
          clock,
          jobs: 2,
          drain: new AbortController().signal,
          stop: new AbortController().signal,
          ...options,
        });
        options.onOpen?.({ log, loop });
        return await runMission(
          specification,
          { specification: specification.id, tasks },
          {
            log,
            store,
            clock,
            ids: systemIds(systemClock),
            loop,
            performerOf: () => ({ name: 'script', version: '1' }),
            settings: {},
            force: new Set(),
            priority: 'P1',
            originatingSpec: 'file:///spec',
            onStart: () => undefined,
            onChange: () => undefined,
            ...options,
          },
        );
      } finally {
        log.close();
      }
    },
    inLog(look) {
      const log = open();
      try {
        return look(log, openContentStore(dir));
      } finally {
        log.close();
      }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
  return bench;
}

export function specificationOf(fields: Partial<Specification> = {}): Specification {
  const coverage = {
    sourceLines: 1,
    blank: 0,
    headings: 0,
    elementLines: 1,
    prose: 0,
    documents: 0,
    notUnderstood: 0,
    elements: 1,
    unreadableFiles: 0,
    checkboxes: 0,
    checkboxesAccounted: 0,
    boxes: { task: 0, subTask: 0, criterion: 0, diagnostic: 0 },
  };
  const source = { file: 'spec.md', line: 1, column: 1, endLine: 1 };
  const named = { id: 'demo', title: 'Demo', dialect: 'native', digest: digestOf('demo'), source };
  return { ...named, elements: [], diagnostics: [], lines: [], coverage, ...fields };
}

function scriptedRunner(bench: MissionBench, store: ContentStore): Runner {
  return {
    run: (attempts) =>
      Promise.all(
        attempts.map(async (attempt) => {
          bench.ran.push(attempt.task.id);
          return (await bench.script.get(attempt.task.id)?.(attempt)) ?? leave(attempt, store);
        }),
      ),
  };
}

/** A success that leaves one file, whose content is the task's fragment. */
export async function leave(
  attempt: Attempt,
  store: Pick<ContentStore, 'put'>,
  content = JSON.stringify(attempt.task.fragment),
): Promise<AttemptResult> {
  const bytes = Buffer.from(content);
  const path = `${attempt.task.id.replaceAll(':', '-')}.txt`;
  const tree: Tree = [{ path, digest: await store.put(bytes), size: bytes.length, type: 'code' }];
  const place = { mission: attempt.mission, task: attempt.task.id };
  const evidence = tree.map((artifact) =>
    artifactRecorded(place, { path, size: artifact.size, evidence: artifactEvidence(attempt.mission, artifact, 'test') }),
  );
  return { outcome: 'succeeded', tree, output: treeDigest(tree), evidence };
}
