import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { systemIds } from '../../../base/ids.ts';
import type { Task } from '../../../spec/model.ts';
import { Dispatch } from '../../cluster/dispatch.ts';
import { remoteAgent } from '../../cluster/remote-agent.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { Agent } from '../../workspace/agent.ts';
import type { HostBench } from '../../workspace/host/hosted-agent.ts';
import type { Workspace } from '../workspace.ts';

/** Which tasks are done elsewhere, and by whom. */
export interface WorkerPools {
  pools: Readonly<Record<string, { profiles?: readonly string[]; abilities?: readonly Task['ability'][] }>>;
  /** Seconds that a worker may be silent. */
  patience?: number;
}

const PATIENCE = 30;

/** Those who do tasks of this workspace elsewhere: which tasks go to them, and the agent that stands for them here. */
export class Workers {
  readonly dispatch: Dispatch;
  readonly #pools: WorkerPools['pools'];
  readonly #store: Pick<ContentStore, 'get'>;
  readonly #profiles: string;

  /** `profiles`: folder of the workspace's own profiles. */
  constructor(
    { pools, patience = PATIENCE }: WorkerPools,
    { store, profiles, widen }: { store: Pick<ContentStore, 'get'>; profiles: string; widen: (pool: string, by: number) => void },
  ) {
    this.#pools = pools;
    this.#store = store;
    this.#profiles = profiles;
    this.dispatch = new Dispatch({ clock: systemClock, ids: systemIds(systemClock), patience: patience * 1000, widen });
  }

  get names(): readonly string[] {
    return Object.keys(this.#pools);
  }

  /** The pool that a task of a mission belongs to. What is replayed goes by records that lie here. */
  poolOf({ ability, profile }: Pick<Task, 'ability' | 'profile'>, { agent }: MissionSettings): string | undefined {
    if (ability === 'qa' || ability === 'gate' || agent?.replay !== undefined) return undefined;
    return this.names.find((name) => {
      const { profiles, abilities = ['model'] } = this.#pools[name] ?? {};
      return abilities.includes(ability) && profiles?.includes(profile) !== false;
    });
  }

  /** Who does the task, where it is one for a pool: `own`, elsewhere. */
  placed(
    own: Agent,
    task: Task,
    { settings, ask, recall }: { settings: MissionSettings } & Required<Pick<HostBench, 'ask' | 'recall'>>,
  ): Agent | undefined {
    const pool = this.poolOf(task, settings);
    if (pool === undefined) return undefined;
    const { agent, policy } = settings;
    return remoteAgent(own, {
      dispatch: this.dispatch,
      pool,
      store: this.#store,
      settings: { ...(agent && { agent }), ...(policy && { policy }) },
      profile: this.#profileText(task.profile),
      ask,
      recall,
    });
  }

  #profileText(name: string): string | undefined {
    const file = ['yaml', 'yml']
      .map((extension) => join(this.#profiles, `${name}.${extension}`))
      .find((path) => existsSync(path));
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  }
}

/** Undefined where everything is done here. */
export function openWorkers(
  pools: WorkerPools | undefined,
  { workspace, store, widen }: { workspace: Workspace; store: ContentStore; widen: (pool: string, by: number) => void },
): Workers | undefined {
  return pools && new Workers(pools, { store, profiles: join(workspace.dir, 'profiles'), widen });
}
