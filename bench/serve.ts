import { type BenchRow, row } from './bench-row.ts';
import { fanOut } from './serve/fan-out.ts';
import { requestRate } from './serve/request-rate.ts';
import { ServedWorkspace } from './serve/served-workspace.ts';

/** The control plane on loopback, a process of its own. */
export async function benchServe(): Promise<BenchRow[]> {
  const served = new ServedWorkspace();
  try {
    await served.start();
    const mission = await served.begin();
    await served.ended(mission);
    const rows = await requests(served, mission);
    await served.remove();
    return [...rows, ...(await streams()), ...(await crowd())];
  } finally {
    await served.remove();
  }
}

/** Simple requests a second, beside what the promise is. */
async function requests(served: ServedWorkspace, mission: string): Promise<BenchRow[]> {
  const headers = `authorization: Bearer ${served.token}\r\n`;
  const rows: BenchRow[] = [];
  const paths = ['/healthz', '/v1/missions', `/v1/missions/${mission}`, `/v1/missions/${mission}/evidence`];
  for (const path of paths) {
    const before = served.processor;
    const { rate, count } = await requestRate(`${served.url}${path}`, { headers });
    const name = `serve: GET ${path.replace(mission, 'ID')}`;
    // What the server itself takes, whoever else the machine works for.
    const own = count / (served.processor - before);
    rows.push(row(name, { value: Math.round(rate), baseline: 2000, unit: '1/s', goal: '≥ 2,000/s on 2 cores' }));
    rows.push(row(`${name}, of one processor`, { value: Math.round(own), baseline: 2000, unit: '1/s' }));
  }
  return rows;
}

/** 1,000 entries a second, told to 50 clients. */
async function streams(): Promise<BenchRow[]> {
  const { p50, p99, faults, memory } = await fanOut({ rate: 1000, seconds: 20, clients: 50 });
  if (faults > 0) throw new Error(`${faults} events were lost, came twice or out of order`);
  return [
    row('serve: an event to 50 clients, p50', { value: p50, baseline: 100 }),
    row('serve: an event to 50 clients, p99', { value: p99, baseline: 100, goal: '≤ 100 ms at 1,000 events/s' }),
    row('serve: memory while 1,000,000 events are sent, second half', {
      value: memory.second / 1e6,
      baseline: memory.first / 1e6,
      unit: 'MB',
      goal: '≤ 1.1 × the first half',
    }),
  ];
}

/** 200 clients follow everything while missions run: the missions end as they do alone, and nothing is left behind when the clients have gone. */
async function crowd(): Promise<BenchRow[]> {
  const served = new ServedWorkspace();
  try {
    await served.start();
    const alone = await timed(async () => served.ended(await served.begin('Alone')));
    const { clients, close } = await follow(served, 200);
    const before = served.memory;
    const together = await timed(async () => served.ended(await served.begin('Together')));
    for (const name of ['Second', 'Third', 'Fourth']) await served.ended(await served.begin(name));
    const after = served.memory;
    close();
    const heard = Math.min(...clients.map(({ events }) => events));
    if (heard === 0) throw new Error('a client has heard nothing');
    return [
      row('serve: a mission beside 200 clients', { value: together, baseline: alone, goal: 'as alone' }),
      row('serve: memory after 4 missions told to 200', { value: after / 1e6, baseline: before / 1e6, unit: 'MB', goal: 'flat' }),
    ];
  } finally {
    await served.remove();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function follow(
  { url, token }: ServedWorkspace,
  count: number,
): Promise<{ clients: { events: number }[]; close: () => void }> {
  const cut = new AbortController();
  const clients = await Promise.all(
    Array.from({ length: count }, async () => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/v1/events/stream`, { headers, signal: cut.signal });
      const client = { events: 0 };
      void (async () => {
        for await (const chunk of response.body ?? [])
          client.events +=
            Buffer.from(chunk as Uint8Array)
              .toString()
              .split('event: event').length - 1;
      })().catch(() => undefined);
      return client;
    }),
  );
  return { clients, close: () => cut.abort() };
}
