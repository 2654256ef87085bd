import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { WORK } from '../../../spec/graph/task.ts';
import { verifies } from '../../mission/checked-tasks.ts';
import type { QaSetting } from '../../mission/settings.ts';
import type { Configuration } from '../source/configuration.ts';
import type { QaConfig } from './qa-config.ts';
import type { CallContext } from '../operations.ts';
import type { AgentSource } from '../agents/read-agent.ts';
import type { Roster } from '../host/roster.ts';

interface QaContext extends Pick<CallContext, 'cwd'> {
  /** The one beside the bundle, where it lies on this machine. */
  config: Configuration | undefined;
}

/** How a product is to be judged, and the contents that this names. */
export interface QaTerms {
  setting: QaSetting;
  contents: Uint8Array[];
}

/** What the configuration of a bundle on this machine asks of its product; undefined where it asks for nothing. Throws `CONFIG_INVALID`, `NOT_FOUND`. */
export async function qaTerms(
  { bundle, agent }: { bundle: string; agent?: AgentSource },
  { cwd, config }: QaContext,
): Promise<QaTerms | undefined> {
  const read = await qaConfigOf(config);
  if (config === undefined || read === undefined) return undefined;
  const { policy, heldOut, suites, contracts } = read;
  const own = {
    ...(policy && { policy }),
    ...(suites && { suites }),
    ...(suites?.includes('contracts') && contracts && { contracts }),
  };
  if (heldOut === undefined) return Object.keys(own).length === 0 ? undefined : { setting: own, contents: [] };
  const { readHeldOut, refuseRead } = await import('./read-held-out.ts');
  const { sets, contents } = readHeldOut({ heldOut }, config.path);
  refuseRead(sets, resolve(cwd, bundle), config.path);
  if (agent?.name === 'hosted' && agent.unconfined) throw exposed();
  return { setting: { ...own, heldOut: sets }, contents };
}

/** Folders and files around a bundle that agents are to see nothing of, absolute. */
export async function hiddenPlaces(config: Configuration | undefined): Promise<string[]> {
  const read = await qaConfigOf(config);
  if (config === undefined || read?.heldOut === undefined) return [];
  const { heldOutPlace } = await import('./read-held-out.ts');
  return read.heldOut.map(({ tests }) => heldOutPlace(tests, config.path));
}

async function qaConfigOf(config: Configuration | undefined): Promise<QaConfig | undefined> {
  if ((await config?.said('qa')) === undefined || config === undefined) return undefined;
  const { qaConfigIn } = await import('./qa-config.ts');
  return qaConfigIn(config);
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
