import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readBack } from '../../../../src/board/live/read-back.ts';
import { LiveStream, type LiveState } from '../../../../src/runtime/app/remote/live-stream.ts';

/** A log of so many entries, served as the control plane serves it; `cuts` are the bytes after which each connection breaks. */
function server(size: number, { start = -1, cuts = [], ends = true }: { start?: number; cuts?: number[]; ends?: boolean } = {}) {
  const asked: (string | undefined)[] = [];
  const open = async (after: string | undefined): Promise<Response> => {
    asked.push(after);
    const from = after === undefined ? start : Number(after.split('.')[1]);
    let text = `retry: 1000\nid: e.${from}\n\n`;
    for (let seq = from + 1; seq < size; seq++) {
      const event = {
        id: `e.${seq}`,
        type: 'dev.agentnexus.task.started',
        source: '/missions/m',
        time: '2026-01-01T00:00:00Z',
        data: {},
      };
      text += `id: e.${seq}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`;
    }
    if (ends) text += `event: closed\nid: e.${size - 1}\ndata: {}\n\n`;
    const bytes = new TextEncoder().encode(text);
    const cut = cuts[asked.length - 1];
    return new Response(cut === undefined ? bytes : bytes.slice(0, cut));
  };
  return { asked, open };
}

async function follow(
  open: (after: string | undefined) => Promise<Response>,
): Promise<{ seqs: number[]; states: LiveState[]; start: string | undefined }> {
  const seqs: number[] = [];
  const states: LiveState[] = [];
  let start: string | undefined;
  const stream = new LiveStream({
    open,
    onEvents: (events) => seqs.push(...events.map(({ seq }) => seq)),
    onState: (state) => states.push(state),
    onStart: (cursor) => (start = cursor),
    wait: async () => {},
    now: () => 0,
  });
  await stream.run();
  return { seqs, states, start };
}

describe('a stream that is cut again and again', () => {
  it('tells each event once and in order, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.array(fc.nat(2500), { maxLength: 15 }), async (size, cuts) => {
        const { seqs } = await follow(server(size, { cuts }).open);
        expect(seqs).toEqual(Array.from({ length: size }, (_, seq) => seq));
      }),
      { numRuns: 300 },
    );
  });

  it('comes back to where it began if it is cut before the first event', async () => {
    const line = server(8, { start: 5, cuts: ['retry: 1000\nid: e.5\n\n'.length] });
    const { seqs, start } = await follow(line.open);
    expect(start).toBe('e.5');
    expect(line.asked).toEqual([undefined, 'e.5']);
    expect(seqs).toEqual([6, 7]);
  });

  it('shows that it is cut, when it tries again, and that it is back', async () => {
    const { states } = await follow(server(3, { cuts: [60, 60] }).open);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live', 'waiting', 'live', 'waiting', 'live', 'ended']);
  });

  it('waits longer each time that nobody answers, and not for ever', async () => {
    const { open } = server(1);
    let tries = 0;
    const { states } = await follow(async (after) => {
      if (tries++ < 12) throw new TypeError('fetch failed');
      return open(after);
    });
    const waits = states.flatMap((state) => (state.kind === 'waiting' ? [state.at] : []));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, ...Array.from({ length: 7 }, () => 15_000)]);
  });

  it('stops where another try makes no sense', async () => {
    const { states } = await follow(async () => new Response('', { status: 401 }));
    expect(states).toEqual([{ kind: 'connecting' }, { kind: 'refused', status: 401 }]);
  });

  it('is over at once when it is closed', async () => {
    const states: LiveState[] = [];
    const stream = new LiveStream({
      open: async () => new Response('', { status: 503 }),
      onEvents: () => {},
      onState: (state) => states.push(state),
      onStart: () => {},
      wait: async () => stream.close(),
      now: () => 0,
    });
    await stream.run();
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'waiting']);
  });
});

describe('reading back', () => {
  it('reads just what was before', async () => {
    const { open } = server(20, { ends: false });
    const read = await readBack({ epoch: 'e', from: 4, before: 9 }, open);
    expect(read.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8]);
    expect(await readBack({ epoch: 'e', from: 0, before: 0 }, open)).toEqual([]);
  });

  it('says that it could not', async () => {
    await expect(readBack({ epoch: 'e', from: 0, before: 3 }, async () => new Response('', { status: 400 }))).rejects.toThrow(
      'could not be read',
    );
  });
});
