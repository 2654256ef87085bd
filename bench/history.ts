import { systemClock } from '../src/base/clock.ts';
import { digestOf, sha256 } from '../src/base/digest.ts';
import { openWorkspace } from '../src/runtime/app/workspace.ts';
import type { EntryDraft } from '../src/runtime/log/entry.ts';
import { type Log, openLog } from '../src/runtime/log/log.ts';
import type { NoteSigner } from '../src/runtime/log/signed-note.ts';
import { missionProjection } from '../src/runtime/mission/projection.ts';
import { missionCreated, taskStarted, taskSucceeded } from '../src/runtime/mission/records.ts';
import { artifactEvidence } from '../src/runtime/vault/evidence.ts';
import { artifactRecorded, gateDecided, missionFinished, statementRecorded } from '../src/runtime/vault/records.ts';

/** What a long history is made of. */
export interface HistoryShape {
  missions: number;
  /** Tasks of each; a task leaves five entries. */
  tasks: number;
}

/** Opens the log of the workspace in `dir` as `apply` does. */
export function openBenchLog(dir: string, signer: NoteSigner): Log {
  return openLog(dir, {
    mode: 'write',
    clock: systemClock,
    signer,
    signing: { every: 2, within: 50 },
    projections: [missionProjection],
  });
}

/** A workspace with a long history, written by the real log and the real records, without the work; answers how many entries it has. */
export async function writeHistory(dir: string, signer: NoteSigner, { missions, tasks }: HistoryShape): Promise<number> {
  openWorkspace({ cwd: dir, workspace: dir });
  const log = openBenchLog(dir, signer);
  for (let mission = 0; mission < missions; mission++) await log.append(missionOf(mission, tasks));
  const { size } = log;
  log.close();
  return size;
}

function missionOf(number: number, tasks: number): EntryDraft[] {
  const id = `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const prompt = {
    id,
    objective: `Mission ${number}`,
    priority: 'P1' as const,
    originatingSpec: 'bench',
    createdAt: new Date(number * 60_000).toISOString(),
  };
  const specification = { id: 'bench', title: 'Bench', dialect: 'native', digest: sha256('bench') };
  const entries = [missionCreated({ prompt, specification, graph: sha256('graph'), tasks, settings: {} })];
  for (let task = 0; task < tasks; task++) entries.push(...taskOf(id, task));
  entries.push(gateDecided({ mission: id, task: 'gate' }, { result: 'pass', reasons: [] }, []));
  return [...entries, missionFinished(id, { state: 'succeeded', tree: [], statements: [] })];
}

function taskOf(mission: string, number: number): EntryDraft[] {
  const task = `contract:record-${number}`;
  const identity = { mission, task, title: `Contract Record ${number}`, kind: 'contract' as const };
  const key = digestOf({ mission, task });
  const path = `src/record-${number}.js`;
  const artifact = { path, digest: sha256(path), size: 1000, type: 'code' as const };
  return [
    taskStarted(identity, { attempt: 1, key, manifest: key }),
    artifactRecorded(
      { mission, task },
      { path, size: artifact.size, evidence: artifactEvidence(mission, artifact, 'contract-compiler') },
    ),
    ...['provenance', 'tests'].map((name) =>
      statementRecorded(
        { mission, task },
        { name: `${task}.${name}`, predicateType: `https://example.org/${name}`, bundle: digestOf({ key, name }), subjects: 1 },
      ),
    ),
    taskSucceeded(identity, { attempt: 1, key, output: key, tree: key, usage: undefined }),
  ];
}
