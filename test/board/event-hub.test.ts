import { expect, it, vi } from 'vitest';

import { EventHub } from '../../src/board/live/event-hub.ts';
import { MissionFollower } from '../../src/board/live/mission-follower.ts';
import type { ReportView, StatusView } from '../../src/runtime/app/views.ts';

/** A control plane whose log can grow, and become another one; it streams as the real one does. */
class Plane {
  epoch = 'a';
  size = 3;
  status = 200;
  readonly asked: (string | undefined)[] = [];
  readonly #waiting = new Set<() => void>();

  grow(count: number): void {
    this.size += count;
    for (const wake of this.#waiting) wake();
  }

  #lines = 0;

  /** Breaks the lines that there are. */
  cut(): void {
    this.#lines++;
    this.grow(0);
  }

  open = async (after: string | undefined, signal: AbortSignal): Promise<Response> => {
    this.asked.push(after);
    if (this.status !== 200) return new Response('', { status: this.status });
    const [epoch, digits] = after?.split('.') ?? [this.epoch, String(this.size - 1)];
    if (epoch !== this.epoch) return new Response('', { status: 400 });
    let at = Number(digits) + 1;
    const text = new TextEncoder();
    const line = this.#lines;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(text.encode(`id: ${epoch}.${at - 1}\n\n`)),
      pull: async (controller) => {
        const isCut = (): boolean => signal.aborted || line !== this.#lines;
        while (at >= this.size && !isCut()) await this.#growth(signal);
        if (isCut()) return controller.close();
        const event = {
          id: `${epoch}.${at}`,
          type: 'dev.agentnexus.task.started',
          source: '/missions/m',
          subject: 't',
          time: '2026-01-01T00:00:01Z',
          data: {},
        };
        controller.enqueue(text.encode(`id: ${epoch}.${at}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`));
        at++;
      },
    });
    return new Response(body);
  };

  async #growth(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('tells all parts of a page what comes, and those that come later what they missed', async () => {
  const plane = new Plane();
  const hub = new EventHub(plane);
  const told: number[] = [];
  hub.subscribe((events) => told.push(...events.map(({ seq }) => seq)));
  expect(hub.behind(0)).toBeUndefined();
  hub.start();
  await hub.started;
  plane.grow(4);
  await until(() => told.length === 4);
  expect(told).toEqual([3, 4, 5, 6]);
  expect(hub.behind(4)?.map(({ seq }) => seq)).toEqual([5, 6]);
  expect(hub.behind(1)).toBeUndefined();
  hub.stop();
});

it('begins anew after somebody else has signed in, and knows nothing of before', async () => {
  const plane = new Plane();
  const hub = new EventHub(plane);
  hub.start();
  await hub.started;
  plane.grow(2);
  await until(() => (hub.behind(2)?.length ?? 0) === 2);
  hub.stop();
  expect(hub.behind(2)).toBeUndefined();
  const told: number[] = [];
  hub.subscribe((events) => told.push(...events.map(({ seq }) => seq)));
  hub.start();
  await hub.started;
  plane.grow(1);
  await until(() => told.length > 0);
  expect(told).toEqual([5]);
  hub.stop();
});

it('reads everything anew when the log is another one', async () => {
  const plane = new Plane();
  const hub = new EventHub(plane);
  let others = 0;
  hub.onOtherLog = () => others++;
  hub.start();
  await hub.started;
  plane.grow(1);
  await until(() => hub.cursor === 'a.3');
  plane.epoch = 'b';
  plane.size = 1;
  plane.cut();
  await until(() => others === 1);
  await hub.started;
  expect(plane.asked).toEqual([undefined, 'a.3', undefined]);
  expect([hub.cursor, hub.behind(0)]).toEqual(['b.0', []]);
  hub.stop();
});

it('reads a mission again and again where there is no stream of all', { timeout: 20_000 }, async () => {
  const plane = new Plane();
  plane.status = 403;
  const hub = new EventHub(plane);
  hub.start();
  await until(() => hub.state.kind === 'refused');
  let reads = 0;
  const api = {
    report: async () => {
      reads++;
      return { mission: { id: 'm', finishedAt: null }, tasks: [], runs: [], asOf: { entry: reads } } as unknown as ReportView;
    },
    status: async () => ({ approvals: [], spent: {}, budget: null }) as unknown as StatusView,
  };
  const follower = new MissionFollower('m', () => {}, { api, hub });
  follower.start();
  await until(() => reads >= 2);
  expect(plane.asked.length).toBe(1);
  follower.stop();
  hub.stop();
});

it('reads a mission once, although the log has gone on without it', async () => {
  vi.useFakeTimers();
  try {
    const hub = { started: Promise.resolve(), head: 9, behind: behindOf(9), subscribe: () => () => {}, state: LIVE };
    let reads = 0;
    const api = {
      report: async () => {
        reads++;
        return {
          mission: { id: 'm', finishedAt: 'yesterday' },
          tasks: [],
          runs: [],
          asOf: { entry: 4 },
        } as unknown as ReportView;
      },
      status: async () => ({ approvals: [], spent: {}, budget: null }) as unknown as StatusView,
    };
    const follower = new MissionFollower('m', () => {}, { api, hub });
    follower.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads).toBe(1);
    follower.stop();
  } finally {
    vi.useRealTimers();
  }
});

const LIVE = { kind: 'live' } as const;

/** Of a stream that was opened at this position, and has told nothing since. */
const behindOf = (head: number) => (seq: number) => (head > seq ? undefined : []);
