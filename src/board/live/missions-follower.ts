import type { Api } from '../access/api.ts';
import { isOpen, type MissionItem, type OpenMission, openAfter, openMission, staleAfter } from '../state/mission-list.ts';
import type { EventHub } from './event-hub.ts';

/** Open missions whose tasks are counted; those beyond are listed without. */
const MOST_OPEN = 40;
const REST = 700;

/** All missions, and how the open ones stand; read once and then as it is told. */
export class MissionsFollower {
  readonly #api: Pick<Api, 'missions' | 'status'>;
  readonly #hub: Pick<EventHub, 'subscribe' | 'started'>;
  readonly #onChange: () => void;
  #leave: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stale = new Set<string>();
  #listIsStale = true;
  #busy = false;
  #over = false;
  /** How many pages of the list are wanted. */
  #pages = 1;
  items: readonly MissionItem[] | undefined;
  /** Whether there are older ones than `items`. */
  hasMore = false;
  open = new Map<string, OpenMission>();
  error: unknown;

  constructor(
    { api, hub }: { api: Pick<Api, 'missions' | 'status'>; hub: Pick<EventHub, 'subscribe' | 'started'> },
    onChange: () => void,
  ) {
    this.#api = api;
    this.#hub = hub;
    this.#onChange = onChange;
  }

  start(): void {
    this.#leave = this.#hub.subscribe((events) => {
      const { list, missions } = staleAfter(events);
      for (const [mission, told] of Map.groupBy(events, (event) => event.mission)) {
        const known = mission === null ? undefined : this.open.get(mission);
        if (mission !== null && known !== undefined) this.open.set(mission, openAfter(known, told));
      }
      this.#listIsStale ||= list;
      for (const mission of missions) this.#stale.add(mission);
      if (list || missions.size > 0) this.#later();
      this.#onChange();
    });
    // What happens before the stream stands is told by nobody: it is read once more then.
    void this.#hub.started.then(() => this.readAll());
    void this.#read();
  }

  stop(): void {
    this.#over = true;
    this.#leave();
    clearTimeout(this.#timer);
  }

  readAll(): void {
    this.#listIsStale = true;
    for (const mission of this.open.keys()) this.#stale.add(mission);
    void this.#read();
  }

  /** Reads a page more of the list, from now on. */
  readMore(): void {
    this.#pages++;
    this.#listIsStale = true;
    void this.#read();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => void this.#read(), REST);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy || this.#over) return;
    this.#busy = true;
    try {
      await this.#readList();
      await this.#readOpen();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
    this.#busy = false;
    if (this.#over) return;
    this.#onChange();
    if (this.error === undefined && (this.#listIsStale || this.#stale.size > 0)) this.#later();
  }

  async #readList(): Promise<void> {
    if (!this.#listIsStale) return;
    this.#listIsStale = false;
    const items = await this.#readPages();
    this.items = items;
    const open = new Set(
      items
        .filter(isOpen)
        .map(({ id }) => id)
        .slice(0, MOST_OPEN),
    );
    for (const id of this.open.keys()) if (!open.has(id)) this.open.delete(id);
    for (const id of open) if (!this.open.has(id)) this.#stale.add(id);
    this.#onChange();
  }

  async #readPages(): Promise<MissionItem[]> {
    const items: MissionItem[] = [];
    let after: string | undefined;
    for (let page = 0; page < this.#pages; page++) {
      const { items: more, next } = await this.#api.missions(after);
      items.push(...more);
      after = next ?? undefined;
      if (after === undefined) break;
    }
    this.hasMore = after !== undefined;
    return items;
  }

  async #readOpen(): Promise<void> {
    const open = new Set(
      (this.items ?? [])
        .filter(isOpen)
        .map(({ id }) => id)
        .slice(0, MOST_OPEN),
    );
    const wanted = [...this.#stale].filter((id) => open.has(id));
    this.#stale.clear();
    const read = await Promise.all(wanted.map(async (id) => [id, openMission(await this.#api.status(id))] as const));
    for (const [id, mission] of read) this.open.set(id, mission);
  }
}
