import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Specification, TaskGraph } from '../../../spec/model.ts';
import { publishProduct } from '../../mission/publish-product.ts';
import { graphText } from '../../mission/graphs.ts';
import { findMission, isOpen, latestMissionOf, type MissionRow } from '../../mission/queries.ts';
import { requestKey } from '../../mission/records.ts';
import { type MissionEnd, type MissionOptions, type NewMission, resumeMission, runMission } from '../../mission/run-mission.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import { startsFrom } from '../../mission/starts-from.ts';
import { readTree } from '../../mission/stored-tree.ts';
import type { Tree } from '../../vault/artifact.ts';
import { accept, refuse, takeWord } from './desk.ts';
import { type Engine, openEngine } from './engine.ts';
import { type AskedFor, watchInbox } from './inbox.ts';
import { keptPolicy } from '../policies/kept-policy.ts';
import type { CallContext } from '../operations.ts';
import { progressOf } from './progress.ts';
import { judgingBy } from '../judging/qa-terms.ts';
import { isSameScan } from '../judging/scan-terms.ts';
import { isSamePolicy } from '../policies/release-policy.ts';
import { agentOf, openRoster, type Roster } from './roster.ts';
import type { WorkerPools } from './workers.ts';
import type { Workspace } from '../workspace.ts';

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
  readonly #readOrder: ReadOrder;
  #placed = 0;
  #stopWatching: (() => Promise<void>) | undefined;

  constructor(engine: Engine, context: CallContext, readOrder: ReadOrder) {
    this.engine = engine;
    this.#context = context;
    this.#readOrder = readOrder;
  }

  /** How many products it has put where people find them: what of a mission's end the log does not tell. */
  get placed(): number {
    return this.#placed;
  }

  /** Runs a new mission, or takes up the unfinished one of the same graph, to where it ends or cannot go on. */
  async run(order: Order, context = this.#context, onStart: (mission: string) => void = () => undefined): Promise<MissionEnd> {
    const { specification, graph, roster, settings, force, priority, originatingSpec, base, reading, prompt } = order;
    const { engine } = this;
    const told = progressOf(graph, { title: specification.title, workspace: engine.workspace, context });
    const staffed = await engine.staff(roster, this.#withStart(told, onStart));
    return this.#until(staffed, async () => {
      const options = {
        ...(await staffed.options(settings)),
        force: new Set(force),
        priority,
        originatingSpec,
        base,
        reading,
        prompt,
      };
      return runMission(specification, graph, options);
    });
  }

  /**
   * Takes a mission up where its log ends, with the agent and the limits it was started with; `settings` replaces those. One that is over meanwhile stays as
   * it is.
   */
  async resume(
    mission: MissionRow,
    context = this.#context,
    { settings, onStart = () => undefined }: { settings?: MissionSettings | undefined; onStart?: (mission: string) => void } = {},
  ): Promise<MissionEnd> {
    const { engine } = this;
    if (!isOpen(mission)) return this.#published({ mission, product: productOf(mission, engine) });
    const kept = settings ?? (JSON.parse(mission.settings) as MissionSettings);
    const hired = await openRoster(agentOf(kept, engine.store), {
      dir: engine.workspace.dir,
      policy: keptPolicy(kept, engine.store),
    });
    const roster = judgingBy(hired, kept.qa);
    const told = progressOf({ total: mission.tasks }, { title: mission.title, workspace: engine.workspace, context });
    const staffed = await engine.staff(roster, this.#withStart(told, onStart));
    return this.#until(staffed, async () => resumeMission(mission, await staffed.options(kept)));
  }

  /** Whoever worked for it goes when it is over, or can go on no more. */
  async #until(staffed: { close: () => Promise<void> }, run: () => Promise<MissionEnd>): Promise<MissionEnd> {
    try {
      const end = await this.#published(await run());
      await this.#listed(end);
      return end;
    } finally {
      await staffed.close();
    }
  }

  /**
   * Lets a mission run beside the others, and says which it is as soon as it has begun; what becomes of it is in the log. Rejects with what keeps it from
   * beginning.
   */
  async begin(run: (onStart: (mission: string) => void) => Promise<unknown>): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const running = run(resolve).catch(reject);
      this.#guests.add(running);
      void running.finally(() => this.#guests.delete(running));
    });
  }

  /** Hears what other processes ask for, from now on. */
  listen(): void {
    this.#stopWatching ??= watchInbox(this.engine.workspace, (request) => this.#take(request));
  }

  /** Ends what runs for others, and gives the workspace up. */
  async close(): Promise<void> {
    await this.#stopWatching?.();
    this.engine.drain();
    await Promise.allSettled(this.#guests);
    this.engine.close();
  }

  async #published(end: MissionEnd): Promise<MissionEnd> {
    const { workspace, store } = this.engine;
    const { gate, specification, base } = end.mission;
    if (end.product === undefined || gate !== 'pass') return end;
    publishProduct(end.product, workspace.build(specification), store);
    this.#placed++;
    if (base === null) return end;
    const { placeResult } = await import('./branch.ts');
    return { ...end, mission: await placeResult(end.mission, end.product, this.engine) };
  }

  /** An identity that has signed a mission signs the list of its proof, too, while it is there. Nothing of the mission hangs on that: it can still be asked for later. */
  async #listed({ mission }: MissionEnd): Promise<void> {
    const signing = isOpen(mission) ? undefined : this.engine.signingFor(mission.id);
    if (signing === undefined) return;
    try {
      await (await import('../evidence/signed-list.ts')).signList(mission.id, signing.signer, this.engine);
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      this.#context.onNotice?.(`The list of the mission's proof is not signed yet: ${error.message}`);
    }
  }

  /** Others are heard once our own mission has begun: so nobody can begin it beside us. */
  #withStart(told: Told, heard: (mission: string) => void): Told {
    return {
      ...told,
      onStart: (start) => {
        told.onStart(start);
        heard(start.mission);
        this.listen();
      },
    };
  }

  async #take(request: AskedFor): Promise<void> {
    // Answered by a writer that died before it could remove the request.
    if (this.engine.log.entryWithKey(requestKey(request.id)) !== undefined) return;
    try {
      await this.#meet(request);
    } catch (error) {
      await refuse(request, error, this.engine);
    }
  }

  async #meet(request: AskedFor): Promise<void> {
    const { engine } = this;
    const silent: CallContext = { cwd: this.#context.cwd };
    if (request.kind === 'apply') {
      const order = await this.#readOrder(request, engine);
      const running = order.force.length === 0 ? this.running(order) : undefined;
      if (running !== undefined) await accept(request, running, engine);
      else await this.#guest(request, (onStart) => this.run(order, silent, onStart));
    } else if (request.kind === 'resume') {
      const mission = findMission(engine.log.db, request.mission);
      // One that is over meanwhile has what was wanted: whoever asked reads how it ended.
      if (engine.loop.drives(mission.id) || !isOpen(mission)) await accept(request, mission.id, engine);
      else await this.#guest(request, (onStart) => this.resume(mission, silent, { onStart }));
    } else {
      await takeWord(request, engine);
    }
  }

  /** The mission that does just this, if one is under way: whoever asks for it again joins it. */
  running({ specification, graph, base, settings }: Order): string | undefined {
    const { log, loop } = this.engine;
    const last = latestMissionOf(log.db, specification.id);
    if (last === undefined || !loop.drives(last.id)) return undefined;
    const kept = JSON.parse(last.settings) as MissionSettings;
    const isSame =
      last.graph === sha256(graphText(graph)) &&
      startsFrom(last, base?.key) &&
      // Who limits a mission, or asks for a policy at its gate, does not want one that runs without.
      kept.policy === settings.policy &&
      isSamePolicy(kept.release, settings.release) &&
      isSameScan(kept.scan, settings.scan);
    return isSame ? last.id : undefined;
  }

  /** Lets somebody else's mission run beside ours, and answers as soon as it has begun. What becomes of it is in the log. */
  async #guest(request: AskedFor, run: (onStart: (mission: string) => void) => Promise<unknown>): Promise<void> {
    await accept(request, await this.begin(run), this.engine);
  }
}

type Told = Pick<MissionOptions, 'onStart' | 'onChange'>;

function productOf({ state, head }: MissionRow, { store }: Engine): Tree | undefined {
  return state === 'succeeded' && head !== null ? readTree(store, head) : undefined;
}

/** Opens the workspace for writing. Throws `WORKSPACE_LOCKED` if another process does. */
export async function openHost(
  workspace: Workspace,
  context: CallContext,
  { readOrder, jobs, pools }: { readOrder: ReadOrder; jobs?: number | undefined; pools?: WorkerPools | undefined },
): Promise<Host> {
  const engine = await openEngine(workspace, context, { ...(jobs !== undefined && { jobs }), pools });
  return new Host(engine, context, readOrder);
}
