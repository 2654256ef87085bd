import { NexusError } from '../../base/errors.ts';
import type { Specification, TaskGraph } from '../../spec/model.ts';
import { publishProduct } from '../mission/publish-product.ts';
import { findMission, isOpen, type MissionRow } from '../mission/queries.ts';
import { type MissionEnd, type NewMission, resumeMission, runMission } from '../mission/run-mission.ts';
import type { MissionSettings } from '../mission/settings.ts';
import { accept, refuse, takeWord } from './desk.ts';
import { type Engine, openEngine } from './engine.ts';
import { type AskedFor, watchInbox } from './inbox.ts';
import type { CallContext } from './operations.ts';
import { progressOf } from './progress.ts';
import { agentOf, openRoster, type Roster } from './roster.ts';
import type { Workspace } from './workspace.ts';

/** A mission that is to be started, read and checked. */
export interface Order extends Omit<NewMission, 'force'> {
  specification: Specification;
  graph: TaskGraph;
  roster: Roster;
  settings: MissionSettings;
  force: readonly string[];
}

/** How to make an order of what another process asks to have applied. */
export type ReadOrder = (request: Extract<AskedFor, { kind: 'apply' }>, engine: Engine) => Promise<Order>;

/**
 * The process that writes to a workspace: runs its own mission and, beside it and on the same slots, what other processes ask for. When its own work is
 * done it goes; what it drove for others is then taken up by them.
 */
export class Host {
  readonly engine: Engine;
  readonly #context: CallContext;
  readonly #guests = new Set<Promise<unknown>>();
  readonly #stopWatching: () => Promise<void>;

  constructor(engine: Engine, context: CallContext, readOrder: ReadOrder) {
    this.engine = engine;
    this.#context = context;
    this.#stopWatching = watchInbox(engine.workspace, (request) => this.#take(request, readOrder));
  }

  /** Runs a new mission, or takes up the unfinished one of the same graph, to where it ends or cannot go on. */
  async run(order: Order, context = this.#context, onStart: (mission: string) => void = () => undefined): Promise<MissionEnd> {
    const { specification, graph, roster, settings, force, priority, originatingSpec, prompt } = order;
    const { engine } = this;
    const told = progressOf(graph, { title: specification.title, workspace: engine.workspace, context });
    const staffed = await engine.staff(roster, withStart(told, onStart));
    const options = { ...staffed(settings), force: new Set(force), priority, originatingSpec, prompt };
    return this.#published(await runMission(specification, graph, options));
  }

  /** Takes a mission up where its log ends, with the agent and the limits it was started with; `settings` replaces those. */
  async resume(
    mission: MissionRow,
    context = this.#context,
    { settings, onStart = () => undefined }: { settings?: MissionSettings | undefined; onStart?: (mission: string) => void } = {},
  ): Promise<MissionEnd> {
    const { engine } = this;
    const kept = settings ?? (JSON.parse(mission.settings) as MissionSettings);
    const roster = await openRoster(agentOf(kept, engine.store));
    const told = progressOf({ total: mission.tasks }, { title: mission.title, workspace: engine.workspace, context });
    const staffed = await engine.staff(roster, withStart(told, onStart));
    return this.#published(await resumeMission(mission, staffed(kept)));
  }

  /** Ends what runs for others, and gives the workspace up. */
  async close(): Promise<void> {
    await this.#stopWatching();
    this.engine.drain();
    await Promise.allSettled(this.#guests);
    this.engine.close();
  }

  #published(end: MissionEnd): MissionEnd {
    const { workspace, store } = this.engine;
    const { gate, specification } = end.mission;
    if (end.product !== undefined && gate === 'pass') publishProduct(end.product, workspace.build(specification), store);
    return end;
  }

  async #take(request: AskedFor, readOrder: ReadOrder): Promise<void> {
    try {
      await this.#meet(request, readOrder);
    } catch (error) {
      await refuse(request, error, this.engine);
    }
  }

  async #meet(request: AskedFor, readOrder: ReadOrder): Promise<void> {
    const { engine } = this;
    const silent: CallContext = { cwd: this.#context.cwd };
    if (request.kind === 'apply') {
      const order = await readOrder(request, engine);
      await this.#guest(request, (onStart) => this.run(order, silent, onStart));
    } else if (request.kind === 'resume') {
      const mission = findMission(engine.log.db, request.mission);
      if (engine.loop.drives(mission.id)) await accept(request, mission.id, engine);
      else if (isOpen(mission)) await this.#guest(request, (onStart) => this.resume(mission, silent, { onStart }));
      else throw new NexusError('MISSION_STATE', `Mission ${mission.id} has ${mission.state}.`);
    } else {
      await takeWord(request, engine);
    }
  }

  /** Lets somebody else's mission run beside ours, and answers as soon as it has begun. What becomes of it is in the log. */
  async #guest(request: AskedFor, run: (onStart: (mission: string) => void) => Promise<unknown>): Promise<void> {
    const mission = await new Promise<string>((resolve, reject) => {
      const running = run(resolve).catch(reject);
      this.#guests.add(running);
      void running.finally(() => this.#guests.delete(running));
    });
    await accept(request, mission, this.engine);
  }
}

function withStart<T extends { onStart: (start: { mission: string; resumed: boolean }) => void }>(
  told: T,
  heard: (mission: string) => void,
): T {
  return {
    ...told,
    onStart(start: { mission: string; resumed: boolean }) {
      told.onStart(start);
      heard(start.mission);
    },
  };
}

/** Opens the workspace for writing. Throws `WORKSPACE_LOCKED` if another process does. */
export async function openHost(
  workspace: Workspace,
  context: CallContext,
  { readOrder, jobs }: { readOrder: ReadOrder; jobs?: number | undefined },
): Promise<Host> {
  const engine = await openEngine(workspace, context, jobs === undefined ? {} : { jobs });
  return new Host(engine, context, readOrder);
}
