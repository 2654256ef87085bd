import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from './app-bench.ts';

let bench: AppBench;
beforeAll(async () => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three'], { parallel: true }));
  bench.write('script.yaml', SIMPLE_SCRIPT);
  await bench.apply();
}, 120_000);
afterAll(() => bench.remove());

interface Asked {
  limit: number;
  after?: string;
}

/** All pages, one after the other. */
async function walk<T>(limit: number, ask: (page: Asked) => Promise<{ items: T[]; next?: string | number }>): Promise<T[]> {
  const items: T[] = [];
  let after: string | number | undefined;
  do {
    const page = await ask({ limit, ...(after === undefined ? {} : { after: after as string }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(page.items.length).toBeGreaterThan(0);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

const mission = 'latest';

describe.each([1, 2, 3, 1000])('%i at a time', (limit) => {
  it('tasks, as a graph and as they stand, evidence and entries are the whole, each once', async () => {
    const graph = await bench.call('graph', { mission });
    expect(
      await walk(limit, async (page) => {
        const { tasks: items, ...rest } = await bench.call('graph', { mission, ...page });
        return { ...rest, items };
      }),
    ).toEqual(graph.tasks);
    const status = await bench.call('status', { mission });
    const byId = status.items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await walk(limit, (page) => bench.call('status', { mission, ...page }))).toEqual(byId);
    const evidence = await bench.call('evidence.list', { mission });
    expect(evidence.items).toHaveLength(3);
    expect(await walk(limit, (page) => bench.call('evidence.list', { mission, ...page }))).toEqual(evidence.items);
  });
});

it('entries come in pages too', async () => {
  const { items } = await bench.call('logs', { mission });
  const page = ({ limit, after }: Asked) =>
    bench.call('logs', { mission, limit, ...(after === undefined ? {} : { after: Number(after) }) });
  expect(await walk(7, page)).toEqual(items);
});

it('milestones are of all tasks, whatever page is asked for', async () => {
  const whole = await bench.call('status', { mission });
  expect((await bench.call('status', { mission, limit: 1 })).milestones).toEqual(whole.milestones);
});

it('what waits for people comes in pages, the same order as in one piece', async () => {
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three'], { parallel: true, title: 'Asked' }));
  const tasks = ['work:t001', 'work:t002', 'work:t003'];
  await bench.apply({ requireApproval: tasks, force: tasks });
  const { items } = await bench.call('approvals.list', {});
  expect(items).toHaveLength(3);
  expect(await walk(1, (page) => bench.call('approvals.list', page))).toEqual(items);
  const { next: after = '' } = await bench.call('approvals.list', { limit: 1 });
  await bench.call('approve', { mission, task: items[0]?.task ?? '' });
  expect((await bench.call('approvals.list', { after })).items).toEqual(items.slice(1));
});

it('a place that there is not is refused', async () => {
  for (const name of ['graph', 'evidence.list', 'approvals.list'] as const) {
    await expect(bench.call(name, { mission, after: 'nowhere' })).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
  }
});
