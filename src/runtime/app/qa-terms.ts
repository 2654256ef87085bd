import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { sha256 } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { WORK } from '../../spec/graph/task.ts';
import { verifies } from '../mission/checked-tasks.ts';
import type { QaSetting } from '../mission/settings.ts';
import { type ConfigFile, localConfig } from './open-source.ts';
import type { CallContext } from './operations.ts';
import type { AgentSource, Roster } from './roster.ts';

/** How a product is to be judged, and the contents that this names. */
export interface QaTerms {
  setting: QaSetting;
  contents: Uint8Array[];
}

/** What the configuration of a bundle on this machine asks of its product; undefined where it asks for nothing. Throws `CONFIG_INVALID`, `NOT_FOUND`. */
export async function qaTerms(
  { bundle, agent }: { bundle: string; agent?: AgentSource },
  context: Pick<CallContext, 'cwd'>,
): Promise<QaTerms | undefined> {
  const read = await qaConfigOf(bundle, context);
  if (read === undefined) return undefined;
  const { policy, heldOut, suites, contracts } = read.config;
  const own = {
    ...(policy && { policy }),
    ...(suites && { suites }),
    ...(suites?.includes('contracts') && contracts && { contracts }),
  };
  if (heldOut === undefined) return Object.keys(own).length === 0 ? undefined : { setting: own, contents: [] };
  const { readHeldOut, refuseRead } = await import('./read-held-out.ts');
  const { sets, contents } = readHeldOut({ heldOut }, read.file.path);
  refuseRead(sets, resolve(context.cwd, bundle), read.file.path);
  if (agent?.name === 'hosted' && agent.unconfined) throw exposed();
  return { setting: { ...own, heldOut: sets }, contents };
}

/** Folders and files around a bundle that agents are to see nothing of, absolute. */
export async function hiddenPlaces(bundle: string, context: Pick<CallContext, 'cwd'>): Promise<string[]> {
  const read = await qaConfigOf(bundle, context);
  if (read?.config.heldOut === undefined) return [];
  const { heldOutPlace } = await import('./read-held-out.ts');
  return read.config.heldOut.map(({ tests }) => heldOutPlace(tests, read.file.path));
}

async function qaConfigOf(bundle: string, context: Pick<CallContext, 'cwd'>) {
  const file: ConfigFile | undefined = localConfig(bundle, context);
  if (file === undefined || !existsSync(file.path) || !/\bqa\b/.test(file.text)) return undefined;
  const { parseQaConfig } = await import('./qa-config.ts');
  return { config: parseQaConfig(file.text, file.path), file };
}

function exposed(): NexusError {
  return new NexusError('USAGE', 'There are held-out tests, and an agent without walls could read them.', {
    hint: 'Leave --unsafe-no-sandbox out, or `qa.heldOut` of .agentnexus.yaml.',
  });
}

/** The roster, judging by these terms: other terms are another check of the product as a whole. What is held out is out of everybody's sight. */
export function judgingBy(roster: Roster, setting: QaSetting | undefined): Roster {
  if (setting === undefined) return roster;
  const inputs = { qa: sha256(Buffer.from(JSON.stringify(setting))) };
  const hidden = (setting.heldOut ?? []).map(({ from }) => from).filter((place) => existsSync(place));
  const { walls } = roster;
  return {
    ...roster,
    performerOf(task) {
      const performer = roster.performerOf(task);
      return verifies(task) === WORK ? { ...performer, inputs: { ...performer.inputs, ...inputs } } : performer;
    },
    open: (place) => roster.open({ ...place, hidden }),
    ...(walls && {
      async walls(...asked) {
        const around = await walls(...asked);
        return around && { ...around, hidden };
      },
    }),
  };
}
