import { expect, it, vi } from 'vitest';

import { MissionsFollower } from '../../src/board/live/missions-follower.ts';
import type { MissionItem } from '../../src/board/state/mission-list.ts';

const item = (id: string): MissionItem => ({
  id,
  specification: { id: 'notes', title: 'Notes', dialect: 'native', digest: `sha256:${'0'.repeat(64)}` },
  state: 'succeeded',
  priority: 'P1',
  reason: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
});

it('reads the list page by page, further back when it is asked to, and all that it has shown again when something changes', async () => {
  const all = ['e', 'd', 'c', 'b', 'a'].map(item);
  const asked: (string | undefined)[] = [];
  const api = {
    missions: async (after?: string) => {
      asked.push(after);
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const items = all.slice(from, from + 2);
      return { kind: 'MissionList', items, next: from + 2 < all.length ? (items.at(-1)?.id ?? null) : null } as const;
    },
    status: () => Promise.reject(new TypeError('none is open')),
  };
  const hub = { subscribe: () => () => undefined, started: new Promise<void>(() => undefined) };
  const follower = new MissionsFollower({ api, hub }, () => undefined);
  const shows = (ids: string): Promise<void> =>
    vi.waitFor(() => expect((follower.items ?? []).map(({ id }) => id).join('')).toBe(ids));
  follower.start();
  await shows('ed');
  expect(follower.hasMore).toBe(true);
  follower.readMore();
  await shows('edcb');
  follower.readMore();
  await shows('edcba');
  expect(follower.hasMore).toBe(false);
  asked.length = 0;
  all.unshift(item('f'));
  follower.readAll();
  await shows('fedcba');
  expect(asked).toEqual([undefined, 'e', 'c']);
  follower.stop();
});
