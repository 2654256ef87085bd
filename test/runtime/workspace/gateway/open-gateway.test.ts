import { serveModel } from '../../../support/scripted-model/serve-model.ts';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import type { Digest } from '../../../../src/base/digest.ts';
import type { Pass } from '../../../../src/runtime/workspace/gateway/gateway.ts';
import { bearer, closeBench, KEY, newStore, openBench, say, startGateway } from './gateway-bench.ts';

afterEach(closeBench);

const CHAT = { model: 'whatever', messages: [{ role: 'user', content: 'Hi.' }], stream: true };
const RESPONSES = { model: 'whatever', input: 'Hi.', stream: true };
const chat = (pass: Pass, body: object = CHAT) => say(`${pass.baseUrl}/chat/completions`, { headers: bearer(pass), body });

describe('the way through', () => {
  it.each([
    ['openai', '/responses', RESPONSES, 'response.completed'],
    ['openai', '/responses', { ...RESPONSES, stream: false }, 'output_text'],
    ['openai', '/chat/completions', CHAT, '[DONE]'],
    ['openai', '/chat/completions', { ...CHAT, stream: false }, 'chat.completion'],
    ['anthropic', '/v1/messages', { ...CHAT, max_tokens: 100 }, 'message_stop'],
    ['anthropic', '/v1/messages', { ...CHAT, stream: false, max_tokens: 100 }, 'end_turn'],
    ['gemini', '/v1beta/models/some-other:streamGenerateContent?alt=sse', { contents: [{ parts: [{ text: 'Hi.' }] }] }, 'STOP'],
    ['gemini', '/v1beta/models/some-other:generateContent', { contents: [{ parts: [{ text: 'Hi.' }] }] }, 'STOP'],
  ] as const)('%s %s: what the server says comes back, frame by frame, and is metered', async (dialect, path, body, sign) => {
    const bench = await openBench([{ text: 'Good day to you.', usage: { input: 1200, output: 300 } }]);
    const pass = bench.pass({ dialect, model: 'gpt-5' });
    const keyed = { openai: bearer(pass), anthropic: { 'x-api-key': pass.token }, gemini: { 'x-goog-api-key': pass.token } }[
      dialect
    ];
    const said = await say(pass.baseUrl + path, { headers: keyed, body });
    expect(said).toMatchObject({ status: 200, broken: false });
    expect(said.text).toContain(sign);
    expect(pass.used()).toEqual({ tokens: 1500, energy: 1.5, money: (1200 * 1.25 + 300 * 10) / 1e6 });
    expect(bench.events).toMatchObject([{ exchange: 1, model: 'gpt-5', usage: { input: 1200, output: 300 } }]);
    expect(bench.events[0]?.usage).not.toHaveProperty('estimated');
    const [seen] = bench.model.requests;
    expect([seen?.body['model'] ?? seen?.path]).toEqual([
      dialect === 'gemini' ? expect.stringContaining('/models/gpt-5:') : 'gpt-5',
    ]);
    expect(JSON.stringify(seen?.headers)).toContain(KEY);
    expect(JSON.stringify(seen)).not.toContain(pass.token);
  });

  it('gives embeddings by the model that is configured for them', async () => {
    const bench = await openBench([]);
    const pass = bench.pass();
    const said = await say(`${pass.baseUrl}/embeddings`, { headers: bearer(pass), body: { model: 'x', input: ['a', 'b'] } });
    expect(JSON.parse(said.text)).toMatchObject({ data: [{ embedding: [0.6, 0.8] }, { embedding: [0.6, 0.8] }] });
    expect(bench.model.requests[0]?.body['model']).toBe('embedder');
  });

  it('lists the one model there is, without asking anybody', async () => {
    const bench = await openBench([]);
    const pass = bench.pass();
    const said = await say(`${pass.baseUrl}/models`, { method: 'GET', headers: bearer(pass) });
    expect(JSON.parse(said.text)).toMatchObject({ data: [{ id: 'gpt-5' }] });
    expect(bench.model.requests).toEqual([]);
  });

  it('estimates where the server says nothing, and says that it does', async () => {
    const bench = await openBench([{ text: 'x'.repeat(400), usage: null }]);
    const pass = bench.pass();
    await chat(pass);
    expect(bench.events[0]?.usage).toMatchObject({ output: 100, estimated: true });
    expect(bench.events[0]?.usage.input).toBeGreaterThan(5);
  });

  it('asks for the usage, keeps nothing on the server, and leaves out tools that reach the network', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass();
    const tools = [
      { type: 'function', name: 'f', function: { name: 'f' } },
      { type: 'web_search' },
      { type: 'mcp', server_url: 'https://evil.example' },
    ];
    await chat(pass, { ...CHAT, tools: tools.slice(0, 2), store: true });
    await say(`${pass.baseUrl}/responses`, {
      headers: bearer(pass),
      body: { ...RESPONSES, tools: tools.slice(0, 2), store: true },
    });
    const [first, second] = bench.model.requests.map(({ body }) => body);
    expect(first).toMatchObject({ stream_options: { include_usage: true }, tools: [tools[0]] });
    expect(first).not.toHaveProperty('store');
    expect(second).toMatchObject({ store: false, tools: [tools[0]] });
  });

  it('hands back when to come again', async () => {
    const bench = await openBench([{ faults: [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }] }]);
    expect(await chat(bench.pass())).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    expect(bench.events[0]?.usage).toMatchObject({ input: 0, output: 0 });
  });

  it('breaks off where the server breaks off, and records it so', async () => {
    const bench = await openBench([{ text: 'x'.repeat(200), faults: [{ kind: 'cut' }] }]);
    const said = await chat(bench.pass());
    expect(said.broken).toBe(true);
    expect(bench.recorded()).toContain('"complete":false');
    expect(bench.events[0]?.usage).toMatchObject({ estimated: true });
  });

  it('stops a server when its agent has gone', async () => {
    const bench = await openBench([{ text: 'x'.repeat(4000), faults: [{ kind: 'drip', everyMs: 20 }] }]);
    const pass = bench.pass();
    const stop = new AbortController();
    const answer = fetch(`${pass.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: bearer(pass),
      body: JSON.stringify(CHAT),
      signal: stop.signal,
    });
    const reader = (await answer).body!.getReader();
    await reader.read();
    stop.abort();
    await expect.poll(() => bench.events.length).toBe(1);
    expect(bench.events[0]?.usage.output).toBeLessThan(500);
  });

  it('ends the answer only when it is in the log', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    let written = false;
    const pass = bench.pass({
      record: async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        written = true;
      },
    });
    await chat(pass);
    expect(written).toBe(true);
  });

  it('breaks the answer off when it cannot be recorded', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass({ record: () => Promise.reject(new Error('disk full')) });
    expect((await chat(pass)).broken).toBe(true);
  });
});

describe('the budget', () => {
  it('refuses what would pass it, clearly, and sends nothing', async () => {
    const bench = await openBench([{ text: 'Yes.', usage: { input: 800, output: 150 } }]);
    const pass = bench.pass({ energy: 1 });
    expect((await chat(pass)).status).toBe(200);
    const long = { ...CHAT, messages: [{ role: 'user', content: 'x'.repeat(400) }] };
    const said = await chat(pass, long);
    expect(said).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false' } });
    expect(JSON.parse(said.text)).toMatchObject({
      error: { code: 'energy_budget_spent', message: expect.stringContaining('0.95 of 1 units') },
    });
    expect(bench.model.requests).toHaveLength(1);
    expect(bench.events).toHaveLength(1);
  });

  it('is not passed by asking several times at once', async () => {
    const bench = await openBench([{ text: 'Yes.', usage: { input: 400, output: 10 } }]);
    const pass = bench.pass({ energy: 1 });
    const body = { ...CHAT, messages: [{ role: 'user', content: 'x'.repeat(1500) }] };
    const statuses = (await Promise.all(Array.from({ length: 6 }, () => chat(pass, body)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4);
    expect(pass.used().energy).toBeLessThanOrEqual(1);
  });

  it('stops an answer that goes beyond it', async () => {
    const bench = await openBench([{ text: 'x'.repeat(40_000), usage: null }]);
    const pass = bench.pass({ energy: 1 });
    const said = await chat(pass);
    expect(said.broken).toBe(true);
    expect(pass.used().energy).toBeLessThan(1.1);
    expect((await chat(pass)).status).toBe(429);
  });

  it('lowers the limit that a request sets itself', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    await chat(bench.pass({ energy: 1 }), { ...CHAT, max_tokens: 100_000 });
    expect(bench.model.requests[0]?.body['max_tokens']).toBeLessThan(1000);
  });
});

describe('what is refused', () => {
  it.each([
    ['nobody', () => ({})],
    ['a wrong token', () => ({ authorization: 'Bearer nexus-wrong' })],
    ['the key of the server', () => ({ authorization: `Bearer ${KEY}` })],
  ])('%s', async (_, headers) => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const said = await say(`${bench.pass().baseUrl}/chat/completions`, { headers: headers(), body: CHAT });
    expect(said.status).toBe(401);
    expect(bench.model.requests).toEqual([]);
  });

  it('a pass that is closed, also in the middle of an answer', async () => {
    const bench = await openBench([{ text: 'x'.repeat(4000), faults: [{ kind: 'drip', everyMs: 20 }] }]);
    const pass = bench.pass();
    const answer = chat(pass);
    await expect.poll(() => bench.model.requests.length).toBe(1);
    pass.close();
    expect((await answer).broken).toBe(true);
    expect((await chat(pass)).status).toBe(401);
  });

  it.each([
    '/v1/files',
    '/v1/chat/completions/',
    '/v1//chat/completions',
    '/v1/../v1/chat/completions',
    '/v1/x/../chat/completions',
    '/v1/%63hat/completions',
    '/v1/chat/completions%00',
    '/v1/chat\\completions',
    '/v1/messages',
    '/v1beta/models/x:generateContent',
    '/',
    'http://evil.example/v1/chat/completions',
    '//evil.example/v1/chat/completions',
    '*',
  ])('the path %s', async (path) => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass();
    const said = await say(`http://${bench.gateway.address}`, { headers: bearer(pass), body: CHAT, path });
    expect([400, 403]).toContain(said.status);
    expect(bench.model.requests).toEqual([]);
  });

  it.each(['evil.example', 'localhost', '169.254.169.254', '127.0.0.1', 'api.openai.com'])('the host %s', async (host) => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass();
    const said = await say(`${pass.baseUrl}/chat/completions`, { headers: { ...bearer(pass), host }, body: CHAT });
    expect(said.status).toBe(421);
    expect(bench.model.requests).toEqual([]);
  });

  it('a tunnel', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const [host = '', port = ''] = bench.gateway.address.split(':');
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), host, () =>
        socket.write(`CONNECT evil.example:443 HTTP/1.1\r\nHost: ${bench.gateway.address}\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).not.toContain('200');
  });

  it.each([
    [413, { ...CHAT, messages: [{ role: 'user', content: 'x'.repeat(20_000) }] }],
    [400, 'no json'],
    [400, '[1]'],
    [400, ''],
    [400, '['.repeat(9_000)],
    [
      403,
      {
        ...CHAT,
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/latest' } }] }],
      },
    ],
  ])('with %i what cannot be let through (%#)', async (status, body) => {
    const bench = await openBench([{ text: 'Yes.' }], { limits: { requestBytes: 10_000 } });
    const pass = bench.pass();
    const said = await say(`${pass.baseUrl}/chat/completions`, { headers: bearer(pass), body });
    expect(said.status).toBe(status);
    expect(bench.model.requests).toEqual([]);
  });

  it.each([
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://evil.example/?leak' }] }] }],
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://evil.example/?leak' }] }] }],
    ['responses', { input: 'x', previous_response_id: 'resp_1' }],
    ['responses', { input: 'x', background: true }],
    ['responses', { input: 'x', prompt: { id: 'pmpt_1' } }],
  ])('what would be done, or kept, by the server: %s %j', async (path, body) => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass();
    expect((await say(`${pass.baseUrl}/${path}`, { headers: bearer(pass), body })).status).toBe(403);
    expect(bench.model.requests).toEqual([]);
  });

  it.each([
    { mcp_servers: [{ type: 'url', url: 'https://evil.example' }] },
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://evil.example/?leak' } }] }] },
  ])('the same in Anthropic: %j', async (body) => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass({ dialect: 'anthropic' });
    expect((await say(`${pass.baseUrl}/v1/messages`, { headers: { 'x-api-key': pass.token }, body })).status).toBe(403);
  });

  it('lets data through that only looks so', async () => {
    const bench = await openBench([{ text: 'Yes.' }]);
    const pass = bench.pass();
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const tool = {
      type: 'function',
      function: { name: 'f', parameters: { properties: { file_id: { type: 'string' }, image_url: { const: 'https://x' } } } },
    };
    expect((await chat(pass, { ...CHAT, messages: [{ role: 'user', content: [picture] }], tools: [tool] })).status).toBe(200);
    expect(bench.model.requests[0]?.body['tools']).toEqual([tool]);
  });

  it('an answer that sends elsewhere: the other host sees nothing', async () => {
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const there = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/chat/completions`;
    const bench = await openBench([{ faults: [{ kind: 'status', status: 307, headers: { location: there } }] }]);
    const said = await chat(bench.pass());
    other.close();
    expect(said.status).toBe(502);
    expect(said.text).toContain('redirect');
    expect(seen).toEqual([]);
  });

  it('an answer that is too long, or never comes', async () => {
    const long = await openBench([{ text: 'x'.repeat(20_000) }], { limits: { responseBytes: 5_000 } });
    expect((await chat(long.pass())).broken).toBe(true);
    const silent = await openBench([{ text: 'x', faults: [{ kind: 'hang' }] }], { limits: { exchangeMs: 100 } });
    expect((await chat(silent.pass())).broken).toBe(true);
    const unanswered = await openBench([{ text: 'x', faults: [{ kind: 'hang' }] }], { limits: { idleMs: 100 } });
    expect((await chat(unanswered.pass(), { ...CHAT, stream: false })).status).toBe(504);
  });

  it('a key that is fetched for each exchange is the one of then, and stands in nothing that is kept', async () => {
    const keys = ['canary-key-of-yesterday', 'canary-key-of-today'];
    const model = await serveModel([{ text: 'It is canary-key-of-yesterday.' }, { text: 'And canary-key-of-today.' }]);
    let asked = 0;
    const key = async (): Promise<string> => keys[asked++] ?? Promise.reject(new Error('Vault is sealed.'));
    const bench = await openBench([], {
      upstreams: { openai: { baseUrl: `${model.url}/v1`, key } },
      secrets: () => keys.slice(0, asked),
    });
    const pass = bench.pass();
    await chat(pass);
    await chat(pass);
    expect(model.requests.map(({ headers }) => headers['authorization'])).toEqual(keys.map((each) => `Bearer ${each}`));
    expect(bench.recorded()).not.toContain('canary-key');
    const lost = await chat(pass);
    await model.close();
    expect(lost).toMatchObject({ status: 503, text: expect.stringContaining('Vault is sealed.') });
  });

  it('says when nobody is there', async () => {
    const gateway = await startGateway({
      upstreams: { openai: { baseUrl: 'http://127.0.0.1:1/v1', key: KEY } },
      store: newStore(),
    });
    const pass = gateway.open({ agent: 'a', dialect: 'openai', model: 'm', energy: 10, record: async () => {} });
    const said = await chat(pass);
    expect(said.status).toBe(502);
    expect(said.text).toContain('ECONNREFUSED');
    const other = gateway.open({ agent: 'a', dialect: 'gemini', model: 'm', energy: 10, record: async () => {} });
    const none = await say(`${other.baseUrl}/v1beta/models/m:generateContent`, {
      headers: { 'x-goog-api-key': other.token },
      body: {},
    });
    expect(none.status).toBe(503);
  });
});

describe('secrets', () => {
  const CANARY = 'canary"secret\\with+odd/characters=';

  it.each([true, false])('go neither to a model nor into a recording, in whatever form or pieces (stream %s)', async (stream) => {
    const forms = [CANARY, JSON.stringify(CANARY), Buffer.from(`a${CANARY}`).toString('base64'), encodeURIComponent(CANARY)];
    const bench = await openBench(
      (seen) => ({
        text: `I say ${forms.join(' and ')}. ${KEY} ${String(seen.headers['authorization'])}`,
        calls: [{ name: 'run', arguments: { command: [CANARY] } }],
      }),
      { secrets: () => [CANARY] },
    );
    for (const path of ['/chat/completions', '/responses']) {
      const pass = bench.pass();
      const content = `${forms.join(' ')} ${pass.token} ${KEY}`;
      const body = path === '/responses' ? { input: content, stream } : { messages: [{ role: 'user', content }], stream };
      await say(pass.baseUrl + path, { headers: bearer(pass), body });
      assertClean(bench.recorded(), pass);
      assertClean(bench.model.requests.map(({ text }) => text).join(''), pass);
    }
    expect(bench.recorded()).toContain('[secret]');

    function assertClean(text: string, pass: Pass): void {
      // Pieces of a stream are put together again, so that what was told in pieces is seen.
      const pieces = [...text.matchAll(/"(?:delta|content|arguments)":"((?:[^"\\]|\\.)*)"/g)].map(
        ([, piece = '']) => JSON.parse(`"${piece}"`) as string,
      );
      for (const each of [text, pieces.join('')]) {
        for (const form of [CANARY, JSON.stringify(CANARY).slice(1, -1), encodeURIComponent(CANARY), KEY, pass.token])
          expect(each).not.toContain(form);
        expect(each).not.toContain(Buffer.from(CANARY).toString('base64').slice(4, -4));
        expect(each).not.toContain('canary');
      }
    }
  });

  it('are not given back to an agent by a server that says them', async () => {
    const bench = await openBench([
      { faults: [{ kind: 'status', status: 401, body: { error: { message: `Incorrect API key provided: ${KEY}` } } }] },
    ]);
    const said = await chat(bench.pass());
    expect(said.status).toBe(401);
    expect(said.text).not.toContain(KEY);
  });
});

describe('a recording', () => {
  it('holds the request and every frame as they were', async () => {
    const bench = await openBench([{ text: 'Good day to you.' }]);
    const said = await chat(bench.pass());
    const [event] = bench.events;
    const response = Buffer.from(bench.store.get(event?.response as Digest)).toString('utf8');
    expect(response.slice(response.indexOf('\n') + 1)).toBe(said.text);
    const request = JSON.parse(Buffer.from(bench.store.get(event?.request as Digest)).toString('utf8')) as object;
    expect(request).toMatchObject({ dialect: 'openai', route: 'chat', body: { messages: CHAT.messages, model: 'gpt-5' } });
  });
});
