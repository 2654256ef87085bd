import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ticks } from '../../../base/clock.ts';
import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { ProbeView } from '../access/access-views.ts';
import { call } from '../call.ts';
import { withWriterLog } from '../host/with-writer-log.ts';
import type { CallContext, Handler } from '../operations.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';

/** How long a synthetic mission may be at work. */
const LIMIT = '15m';

/** Where the word of a probe must be found again. */
const PRODUCT = 'probe.txt';

/**
 * Runs a synthetic mission that nothing can be taken from the cache for: a contract that is compiled and tested, a task that an agent does by rote, a gate. It has
 * passed if the gate let it through, its evidence verifies, and what the agent wrote is in it, byte by byte. The result is an entry of the log.
 */
export const probe: Handler<'probe'> = async (_, context) => {
  const workspace = openWorkspace(context);
  // Whoever cannot write the result down does not begin.
  await withWriterLog(workspace, async () => undefined);
  const begun = ticks();
  const found = await attempt(workspace, { ...context, workspace: workspace.dir, beginOnly: false });
  const milliseconds = Math.round(ticks() - begun);
  const result = found.failures.length === 0 ? 'passed' : 'failed';
  const view: ProbeView = { kind: 'Probe', result, mission: found.mission ?? null, milliseconds, failures: found.failures };
  await record(workspace, view);
  return view;
};

interface Found {
  mission?: string;
  failures: string[];
}

/** What goes wrong is what a probe is for: it is its result. */
async function attempt(workspace: Workspace, context: CallContext): Promise<Found> {
  const folder = join(workspace.scratch, `probe-${randomUUID()}`);
  const word = randomUUID();
  try {
    const input = { bundle: writeBundle(folder, word), agent: `script:${writeScript(folder, word)}` };
    const mission = await call('apply', { ...input, base: 'none', force: ['scaffold'], budget: [`wall=${LIMIT}`] }, context);
    if (mission.kind !== 'Mission') return { failures: ['No mission was begun.'] };
    const { id, state, gate, failures } = mission;
    if (state !== 'succeeded' || gate.result !== 'pass') {
      return {
        mission: id,
        failures: [`The mission ${state}.`, ...gate.reasons, ...failures.map(({ task, reason }) => `${task}: ${reason}`)],
      };
    }
    return { mission: id, failures: await unproven(id, { word, context }) };
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    return { failures: [`${error.code}: ${error.message}`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unproven(mission: string, { word, context }: { word: string; context: CallContext }): Promise<string[]> {
  const { result, failures } = await call('verify', { target: mission }, context);
  if (result !== 'verified')
    return failures.map(({ subject, message }) => `${subject}: ${message}`).concat('Its evidence does not verify.');
  const { items } = await call('evidence.list', { mission }, context);
  const isThere = items.some(({ path, checksum }) => path === PRODUCT && checksum === sha256(Buffer.from(word)));
  return isThere ? [] : [`${PRODUCT} is not what the agent wrote.`];
}

/** No word is like another: so every task has work to do, but for the one that is forced. */
function writeBundle(folder: string, word: string): string {
  const bundle = join(folder, 'spec');
  mkdirSync(bundle, { recursive: true });
  const member = `word${word.replaceAll('-', '')}`;
  const text = `# AgentNexus probe

## Contracts

- Contract: Probe
  - Schema: \`{ id: UUID, ${member}: string }\`

## Tasks

- [ ] T001 Write the word down
`;
  writeFileSync(join(bundle, 'spec.md'), text);
  return bundle;
}

function writeScript(folder: string, word: string): string {
  const path = join(folder, 'script.yaml');
  writeFileSync(path, JSON.stringify({ version: 1, tasks: { T001: { writes: { [PRODUCT]: word } } } }));
  return path;
}

async function record(workspace: Workspace, { result, mission, milliseconds, failures }: ProbeView): Promise<void> {
  const data: JsonObject = { result, mission, milliseconds, failures: failures.slice(0, 20).map((each) => each.slice(0, 500)) };
  await withWriterLog(workspace, async (log) => log.append([{ kind: 'probe.finished', data }]));
}
