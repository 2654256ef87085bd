import type { Api } from '../access/api.ts';
import { afterEvents, type MissionModel, missionModel, renewed } from '../state/mission-model.ts';
import type { BoardEvent } from '../state/board-event.ts';
import type { EventHub } from './event-hub.ts';

/** Milliseconds between two readings of a report while entries come that only a reading can tell. */
const REST = 1500;
/** Milliseconds between two readings where there is no stream. */
const POLL = 5000;
/** How long a page waits for the stream before it shows what it has. */
const PATIENCE = 2500;

/** Kinds after which more has changed than entries tell: what is proven, what it cost, what became of the product. */
const FAR_REACHING: ReadonlySet<string> = new Set([
  'mission.resumed',
  'mission.interrupted',
  'mission.finished',
  'gate.decided',
  'result.committed',
  'branch.moved',
  'branch.refused',
]);

type FollowedHub = Pick<EventHub, 'started' | 'head' | 'behind' | 'subscribe' | 'state'>;

/** One mission, read once and then kept as it is by what is told of it. */
export class MissionFollower {
  readonly #api: Pick<Api, 'report' | 'status'>;
  readonly #hub: FollowedHub;
  readonly #mission: string;
  readonly #onChange: () => void;
  #leave: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #over = false;
  model: MissionModel | undefined;
  error: unknown;

  constructor(mission: string, onChange: () => void, { api, hub }: { api: Pick<Api, 'report' | 'status'>; hub: FollowedHub }) {
    this.#mission = mission;
    this.#onChange = onChange;
    this.#api = api;
    this.#hub = hub;
  }

  start(): void {
    this.#leave = this.#hub.subscribe((events) => this.#take(events));
    const patience = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, PATIENCE);
    });
    void Promise.race([this.#hub.started, patience]).then(async () => this.read());
    // Who may see some missions only is told nothing of the others, and so has no stream of all: the report is read again and again.
    this.#poll = setInterval(() => {
      const isOver = (this.model?.report.mission.finishedAt ?? null) !== null;
      if (this.#hub.state.kind === 'refused' && this.model !== undefined && !isOver) void this.read();
    }, POLL);
  }

  stop(): void {
    this.#over = true;
    this.#leave();
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
  }

  /** Reads the report anew. What is shown stays until it is there. */
  async read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { head = -1 } = this.#hub;
    try {
      const report = await this.#api.report(this.#mission);
      // Of its tasks the report tells more.
      const status = await this.#api.status(report.mission.id, { limit: 1 });
      if (this.#over) return;
      const fresh = this.model === undefined ? missionModel(report, status) : renewed(this.model, report, status);
      this.model = this.#caughtUp(fresh, head);
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
    if (!this.#over) this.#onChange();
  }

  /** What has been told since the reading began, when `head` was the last entry; those before, of whatever mission, are in what was read. */
  #caughtUp(model: MissionModel, head: number): MissionModel {
    const missed = this.#hub.behind(Math.max(head, model.report.asOf.entry));
    if (missed === undefined && this.#hub.state.kind !== 'refused') this.#readLater();
    return missed === undefined ? model : afterEvents(model, missed);
  }

  #take(events: readonly BoardEvent[]): void {
    if (this.model === undefined) return;
    const after = afterEvents(this.model, events);
    if (after === this.model) return;
    this.model = after;
    if (events.some(({ kind, mission }) => mission === after.report.mission.id && FAR_REACHING.has(kind))) this.#readLater();
    this.#onChange();
  }

  #readLater(): void {
    this.#timer ??= setTimeout(() => void this.read(), REST);
  }
}
