import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import type { Pass } from '../../../../src/runtime/workspace/gateway/gateway.ts';
import { requestContent, requestKey } from '../../../../src/runtime/workspace/gateway/recorded.ts';
import { openServer } from '../../../../src/runtime/workspace/model/choose-wire.ts';
import { runLoop } from '../../../../src/runtime/workspace/model/run-loop.ts';
import { toolbox, TOOL_NAMES } from '../../../../src/runtime/workspace/model/tools/toolbox.ts';
import type { WireName } from '../../../../src/runtime/workspace/model/wire.ts';
import type { Reply } from '../../../support/scripted-model/serve-model.ts';
import { closeBench as closeModelBench, workspace } from '../model/model-bench.ts';
import { bearer, type Bench, closeBench, openBench, say, startGateway } from './gateway-bench.ts';

afterEach(async () => {
  await closeBench();
  await closeModelBench();
});

const WORK: Reply[] = [
  { thought: 'Look first.', calls: [{ name: 'read', arguments: { path: '.' } }], faults: [{ kind: 'status', status: 500 }] },
  { calls: [{ name: 'write', arguments: { path: 'a.txt', content: 'made by a model' } }], faults: [{ kind: 'cut' }] },
  { calls: [{ name: 'edit', arguments: { path: 'a.txt', old: 'a model', new: 'one' } }] },
  { text: 'Done.' },
];

/** The model agent's own loop, its model behind the pass. */
async function work(pass: Pass, { root, wire }: { root: string; wire?: WireName }) {
  const end = await runLoop([{ role: 'user', text: 'Make a.txt.' }], {
    wire: openServer({ baseUrl: pass.baseUrl, key: pass.token, wire, idleMs: 5_000 }),
    model: 'gpt-5',
    instructions: 'Work.',
    tools: toolbox(TOOL_NAMES),
    bench: { root, env: {}, signal: new AbortController().signal },
    limits: { turns: 20, tokens: 1e6 },
    pace: { remainingMs: () => 60_000, sleep: async () => {} },
    decide: async () => ({ verdict: 'allow', rule: 'test' }),
    hear: () => {},
  });
  return end;
}

/** A gateway that has the recording, and no way to any server. */
function replayOf({ store, events }: Bench) {
  return startGateway({
    upstreams: { openai: { baseUrl: 'http://127.0.0.1:1/v1', key: undefined } },
    store,
    recording: { of: (agent) => events.filter((event) => event.agent === agent) },
  });
}

const options = { agent: 'model/T1/1', dialect: 'openai', model: 'gpt-5', energy: 1000, record: async () => {} } as const;

describe('work from a recording', () => {
  it.each([undefined, 'responses', 'chat'] as const)('is the same, with no server (%s)', async (wire) => {
    const bench = await openBench(WORK, wire === undefined ? { dialects: ['chat'] } : {});
    const [first, second] = [workspace(), workspace()];
    const pass = bench.pass();
    expect(await work(pass, { root: first, ...(wire && { wire }) })).toEqual({ end: 'done', text: 'Done.' });
    await bench.model.close();
    const gateway = await replayOf(bench);
    const again = gateway.open(options);
    expect(await work(again, { root: second, ...(wire && { wire }) })).toEqual({ end: 'done', text: 'Done.' });
    const [a, b] = [first, second].map((root) =>
      toolbox(['read'])[0]!.plan({ path: 'a.txt' }, root).perform({ root, env: {}, signal: new AbortController().signal }),
    );
    expect(await b).toBe(await a);
    expect(await b).toBe('made by one');
    expect(again.used()).toEqual(pass.used());
    expect(bench.events.length).toBeGreaterThan(4);
  });

  it('fails where another thing is asked, and asks nobody', async () => {
    const bench = await openBench(WORK);
    await work(bench.pass(), { root: workspace(), wire: 'chat' });
    const asked = bench.model.requests.length;
    const root = workspace();
    writeFileSync(join(root, 'other.txt'), 'which was not there');
    const end = await work((await replayOf(bench)).open(options), { root, wire: 'chat' });
    expect(end).toMatchObject({ end: 'failed', reason: expect.stringContaining('recording has no answer') });
    expect(bench.model.requests).toHaveLength(asked);
  });

  it('gives each answer once', async () => {
    const bench = await openBench([{ text: 'Only once.' }]);
    const body = { messages: [{ role: 'user', content: 'Hi.' }] };
    const pass = bench.pass();
    await say(`${pass.baseUrl}/chat/completions`, { headers: bearer(pass), body });
    const again = (await replayOf(bench)).open(options);
    const ask = () => say(`${again.baseUrl}/chat/completions`, { headers: bearer(again), body });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 409]);
    const other = (await replayOf(bench)).open({ ...options, agent: 'model/T1/2' });
    expect((await say(`${other.baseUrl}/chat/completions`, { headers: bearer(other), body })).status).toBe(409);
  });

  it('puts the places of this run for those of that one, also where they come in pieces', async () => {
    const [then, now] = ['/tmp/agents-aaaa/workspace', '/tmp/agents-bbbbbbbb/workspace'];
    const bench = await openBench([
      { text: `I am in ${then}, and write ${then}/a.txt.`, calls: [{ name: 'write', arguments: { path: `${then}/b` } }] },
    ]);
    const ask = (pass: Pass, place: string, stream: boolean) =>
      say(`${pass.baseUrl}/chat/completions`, {
        headers: bearer(pass),
        body: { stream, messages: [{ role: 'user', content: `You are in ${place}.` }] },
      });
    for (const stream of [true, false]) {
      const said = await ask(bench.pass({ places: { workspace: then } }), then, stream);
      const again = (await replayOf(bench)).open({ ...options, places: { workspace: now } });
      const replayed = await ask(again, now, stream);
      expect(replayed.status).toBe(200);
      expect(wordsOf(replayed.text)).toBe(wordsOf(said.text).replaceAll(then, now));
      expect(bench.recorded()).not.toContain(then);
      bench.events.length = 0;
    }
  });
});

describe('the key of a request', () => {
  const key = (body: object) => requestKey(requestContent('openai', 'chat', JSON.parse(JSON.stringify(body))));

  it('does not see ids, times, and what is beside the point', () => {
    const [one, two] = ['0b7f1c9e-3f0a-4a51-9b1c-111111111111', '7d444840-9dc0-11d1-b245-5ffdce74fad2'];
    const request = (id: string, date: string) => ({
      messages: [{ tool_calls: [{ id, text: `${id} on ${date}` }] }, { tool_call_id: id }],
      prompt_cache_key: id,
      max_tokens: date.length,
    });
    expect(key(request(one, '2026-11-22'))).toBe(key(request(two, '2027-01-03T10:00:00Z')));
    expect(key(request(one, 'Sun Nov 22 2026'))).toBe(key(request(two, 'January 3, 2027')));
  });

  it('sees which id is which, and everything else', () => {
    expect(key({ messages: [{ id: 'a' }, { id: 'b' }, { call_id: 'a' }] })).not.toBe(
      key({ messages: [{ id: 'a' }, { id: 'b' }, { call_id: 'b' }] }),
    );
    expect(key({ messages: [{ content: 'a' }] })).not.toBe(key({ messages: [{ content: 'b' }] }));
    expect(key({ a: 1, b: 2 })).toBe(key({ b: 2, a: 1 }));
  });
});

/** All that is said, pieces joined. */
function wordsOf(text: string): string {
  return [...text.matchAll(/"(?:content|arguments)":("(?:[^"\\]|\\.)*")/g)]
    .map(([, piece = '']) => JSON.parse(piece) as string)
    .join('');
}
